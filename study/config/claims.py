"""The text of the claims -> `Claim`s, each finding filled in once, so that a mistake is found before anything is measured."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.cell import Cell, parts_of, under_one_name, unit_of
from study.config.numbers import in_numbers
from study.config.reading import decode, nearest, refuse, shown
from study.config.sentences import NAMES, tried
from study.config.shapes import CLAIMS_FILE, FOLDER, SEVERAL, Claim, Claims
from study.config.values import check_text, check_value, check_word
from study.things.questions import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.config.numbers import Cpus
    from study.config.shapes import Scalar

FILE = f"{FOLDER}/{CLAIMS_FILE}"
MOST_CLAIMS = 512
"""Eight times as many as there are."""
_MOST_KEPT = 64
"""Texts whose claims are kept."""
MOST_FURTHER = 4
"""Tests of one claim beside its own; what needs more is several statements."""
LONGEST_SENTENCE = 500
LONGEST_WORD = 64
RANGES: Mapping[str, tuple[float, float, str]] = MappingProxyType(
    {
        "ratio": (1e-9, 1e9, "a ratio of two times or sizes"),
        "proportion": (0.0, 1.0, "a share"),
        "value": (0.0, 1e15, "a count, a time in seconds or a size in bytes"),
        "difference": (-1e6, 1e6, "seconds; 1e6 are twelve days"),
    }
)
"""Estimand -> least and greatest threshold, and what it is."""
_BYTES_APART = 1e15
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")


@functools.lru_cache(maxsize=_MOST_KEPT)
def parse_claims(text: str) -> tuple[Claim, ...]:
    """The claims written in `text`; stored runs have the same few."""
    claims = decode(text, Claims, FILE).claim
    if len(claims) > MOST_CLAIMS:
        refuse(FILE, "claim", f"{len(claims)} claims; {MOST_CLAIMS} at most")
    seen: set[str] = set()
    for index, claim in enumerate(claims):
        if len(claim.id) > LONGEST_WORD or not _NAME.match(claim.id):
            refuse(
                FILE, f"claim[{index}].id", f"{shown(claim.id)}: letters, digits, '-' and '_', {LONGEST_WORD} at most"
            )
        place = f"claim[{index}] ({claim.id})"
        if claim.id.lower() in seen:
            refuse(FILE, place, "this id was used before, capitals aside; ids are unique")
        seen.add(claim.id.lower())
        check_word(FILE, f"{place}.question", claim.question, QUESTIONS)
        if len(claim.also) > MOST_FURTHER:
            refuse(FILE, f"{place}.also", f"{len(claim.also)} further tests; {MOST_FURTHER} at most")
        for number, test in enumerate(claim.tests):
            _check_claim(f"{place}.also[{number - 1}]" if number else place, test)
    return tuple(claims)


def with_reasons(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The claims, of which each threshold has its reason; asked of what is to be measured, for older runs have none.

    Raises
    ------
    StudyError
        if a threshold that is neither equal nor one counterexample says not why it lies there.
    """
    for index, claim in enumerate(claims):
        for number, test in enumerate(claim.tests):
            if not (test.is_neutral or test.because):
                place = f"claim[{index}] ({claim.id})" + (f".also[{number - 1}]" if number else "")
                refuse(
                    FILE,
                    f"{place}.because",
                    f"the threshold {test.threshold:.10g} has no reason; say why it lies there",
                )
    return tuple(claims)


def _check_claim(place: str, claim: Claim) -> None:
    cells = [
        cell_of(selector, 2, FILE, f"{place}.{side}")
        for side, selector in (("of", claim.of), ("to", claim.to))
        if selector is not None
    ]
    if problem := _contradiction(claim, cells):
        refuse(FILE, place, problem)
    for name in ("outcome", "per"):
        word = getattr(claim, name)
        if len(word) > LONGEST_WORD or not _NAME.match(word or "none"):
            refuse(FILE, f"{place}.{name}", f"{shown(word)} is not the name of an outcome")
    _check_threshold(place, claim, cells[0])
    for name in ("statement", "finding", *(name for name in ("scope", "because") if getattr(claim, name))):
        check_text(FILE, f"{place}.{name}", getattr(claim, name), LONGEST_SENTENCE)
    try:
        sentence = tried(claim.finding, claim.estimand)
    except ValueError as error:
        refuse(FILE, f"{place}.finding", f"{error} (of a {claim.estimand})")
    if sentence == claim.finding:
        possible = ", ".join(f"{{{name}}}" for name in NAMES[claim.estimand])
        refuse(FILE, f"{place}.finding", f"says no number; possible: {possible}")


def _contradiction(claim: Claim, cells: Sequence[Cell]) -> str:
    """What the estimand and the other keys say against each other, or ''."""
    compares = claim.estimand in {"ratio", "difference"}
    wrong = {
        f"a {claim.estimand} needs 'to', the cell it is taken against": compares and claim.to is None,
        f"a {claim.estimand} is of one cell; leave 'to' out": not compares and claim.to is not None,
        f"a {claim.estimand} is of times or sizes; 'outcome' is for values and proportions": compares and claim.outcome,
        "one of 'of' and 'to' is in seconds, the other in bytes": len({unit_of(cell) for cell in cells}) > 1,
        "a proportion needs 'outcome', the count it is made of": claim.estimand == "proportion" and not claim.outcome,
        f"'{claim.direction}' is for proportions; use 'above' or 'below'": claim.direction in {"always", "never"}
        and claim.estimand != "proportion",
        "'per' is empty; leave it out for 'trials'": not claim.per,
        "'per' is for counts; name an 'outcome' or leave it out": claim.per != "trials" and not claim.outcome,
        f"'{claim.direction}' has no threshold; leave it out": claim.direction in {"always", "never"}
        and claim.threshold != 1.0,
        "'because' is said of this threshold already; leave it out": claim.is_neutral and claim.because,
        "'per_task' is for a ratio of two times": claim.per_task
        and (claim.estimand != "ratio" or any(unit_of(cell) != "second" for cell in cells)),
        "'of' and 'to' are the same cell; name another": len(cells) > 1 and claim.of == claim.to,
    }
    return next((problem for problem, is_wrong in wrong.items() if is_wrong), "")


def _check_threshold(place: str, claim: Claim, of: Cell) -> None:
    least, most, what = RANGES[claim.estimand]
    if claim.estimand == "difference" and unit_of(of) == "byte":
        least, most, what = -_BYTES_APART, _BYTES_APART, "bytes"
    if not math.isfinite(claim.threshold) or not least <= claim.threshold <= most:
        refuse(
            FILE, f"{place}.threshold", f"{claim.threshold!r} is no threshold here; from {least:g} to {most:g} ({what})"
        )


def cell_of(selector: Mapping[str, Scalar], cpus: Cpus | int, file: str, place: str) -> Cell:
    """The one cell that a claim's selector names, its words ('cpus', …) replaced by this machine's numbers."""
    names = [field.name for field in fields(Cell)]
    for name, value in selector.items():
        if name not in names:
            refuse(file, place, f"unknown key {shown(name)}{nearest(name, names)}")
        check_value(file, f"{place}.{name}", name, value)
        if (name, value) in SEVERAL:
            refuse(file, f"{place}.{name}", f"{value!r} is more than one cell; a claim names one")
    if "pattern" not in selector:
        refuse(file, place, "no pattern; a claim names a cell")
    try:
        cell = under_one_name(Cell(**in_numbers(selector, cpus)))  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        refuse(file, place, str(error))
    check_word(file, f"{place}.part", cell.part, parts_of(cell))
    return cell
