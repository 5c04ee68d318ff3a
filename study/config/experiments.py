"""The text of an experiment -> `Experiment`, checked as far as it can be without a machine."""

from __future__ import annotations

import functools
import math
import re
from typing import TYPE_CHECKING

import msgspec

from study.config.reading import decode, refuse, shown
from study.config.shapes import FEWEST_ROUNDS, FOLDER, LAST_RANK, ROUNDS, SEVERAL, TIERS, Experiment, Factors, Skip
from study.config.values import check_text, check_value, check_word
from study.things import PATTERNS
from study.things.questions import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.config.shapes import Choice, Scalar

MOST_BLOCKS = 256
"""Of `[[vary]]` and of `[[skip]]` in one experiment."""
MOST_VALUES = 256
"""In one list: a curve has tens of points, not hundreds."""
MOST_CELLS = 4096
"""Of one experiment: ten times the largest. At half a second for each process, ten rounds of more take six hours."""
LONGEST_TITLE = 200
LONGEST_REASON = 500
_MOST_KEPT = 2**9
"""Stored runs have the same few: one of them is one value, so that what is made of it is made once."""
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
_RESERVED = re.compile(r"(aux|con|nul|prn|com\d|lpt\d)\Z")


@functools.lru_cache(maxsize=_MOST_KEPT)
def parse_experiment(text: str, identity: str) -> Experiment:
    """The experiment written in `text`; `identity` is its file's name without `.toml`."""
    file = f"{FOLDER}/{identity[:80]}.toml"
    if not _ID.match(identity) or _RESERVED.match(identity):
        refuse(
            file,
            "",
            "the file's name is the experiment's and part of its results': small letters, digits, '-' and '_', 40 at most,"
            " no name that Windows keeps for itself; rename it",
        )
    experiment = decode(text, Experiment, file)
    if experiment.id or experiment.text:
        refuse(file, "", "'id' and 'text' cannot be given: the id is the file's name")
    check_word(file, "question", experiment.question, QUESTIONS)
    check_word(file, "tier", experiment.tier, TIERS)
    check_text(file, "title", experiment.title, LONGEST_TITLE)
    if not 1 <= experiment.rank <= LAST_RANK:
        refuse(file, "rank", f"{shown(experiment.rank)}; expected 1 (before all others of its tier) to {LAST_RANK}")
    if not FEWEST_ROUNDS <= experiment.rounds <= ROUNDS:
        refuse(
            file,
            "rounds",
            f"{shown(experiment.rounds)}; expected {FEWEST_ROUNDS} to {ROUNDS}, in so many of ten rounds",
        )
    for name, blocks in (("vary", experiment.vary), ("skip", experiment.skip)):
        if len(blocks) > MOST_BLOCKS:
            refuse(file, name, f"{len(blocks)} blocks; {MOST_BLOCKS} at most")
    for place, factors in _factors_of(experiment):
        _check_factors(file, place, factors)
    _check_skips(file, experiment.skip)
    _check_blocks(file, experiment)
    if (count := cells_at_most(experiment)) > MOST_CELLS:
        refuse(file, "", f"its lists multiply to {shown(count)} cells; {MOST_CELLS} at most: shorten a list")
    return msgspec.structs.replace(experiment, id=identity, text=text)


def _check_skips(file: str, skips: Iterable[Skip]) -> None:
    for index, skip in enumerate(skips):
        check_text(file, f"skip[{index}].reason", skip.reason, LONGEST_REASON)
        if not skip.when.given():
            refuse(file, f"skip[{index}].when", "names no factor, so that nothing would be left to measure")


def _check_blocks(file: str, experiment: Experiment) -> None:
    """Refuse blocks that do not make cells together."""
    for name, value in experiment.fixed.given().items():
        if isinstance(value, list):
            refuse(file, f"fixed.{name}", "a fixed factor has one value; lists belong under [[vary]]")
    swept = experiment.swept
    if swept is not None and len(swept.given()) != 1:
        refuse(file, "swept", "exactly one factor is swept inside a process; name one list")
    blocks = {f"vary[{index}]": block for index, block in enumerate(experiment.vary or [Factors()])}
    if experiment.baseline is not None:
        blocks["baseline"] = experiment.baseline
    for place, block in blocks.items():
        if not (
            block.pattern or experiment.fixed.pattern or (swept and swept.pattern and block is not experiment.baseline)
        ):
            refuse(file, place, "no pattern; give one here or under [fixed]")


def cells_at_most(experiment: Experiment) -> int:
    """No machine makes more cells of this experiment; counted, not expanded."""
    fixed = experiment.fixed.given()
    swept = experiment.swept.given() if experiment.swept else {}
    blocks = [{**fixed, **block.given(), **swept} for block in experiment.vary or [Factors()]]
    if experiment.baseline is not None:
        blocks.append({**fixed, **experiment.baseline.given()})
    return sum(
        len(PATTERNS[str(block["pattern"])].parts) * math.prod(_length(name, choice) for name, choice in block.items())
        for block in blocks
    )


def _length(name: str, choice: Choice) -> int:
    return sum(SEVERAL.get((name, str(value)), 1) for value in as_list(choice))


def as_list(value: Choice) -> list[Scalar]:
    """The values of a choice, which may be one."""
    return list(value) if isinstance(value, list) else [value]


def _check_factors(file: str, place: str, factors: Factors) -> None:
    for name, given in factors.given().items():
        values = as_list(given)
        if not values:
            refuse(file, f"{place}.{name}", "an empty list leaves nothing to measure; name a value")
        if len(values) > MOST_VALUES:
            refuse(file, f"{place}.{name}", f"a list of {len(values)} values; {MOST_VALUES} at most")
        for value in values:
            check_value(file, f"{place}.{name}", name, value)


def _factors_of(experiment: Experiment) -> Iterable[tuple[str, Factors]]:
    yield "fixed", experiment.fixed
    yield from ((f"vary[{index}]", block) for index, block in enumerate(experiment.vary))
    yield from ((name, block) for name in ("swept", "baseline") if (block := getattr(experiment, name)) is not None)
    yield from ((f"skip[{index}].when", skip.when) for index, skip in enumerate(experiment.skip))
