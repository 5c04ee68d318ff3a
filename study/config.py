"""`experiments/*.toml` and `experiments/claims.toml` -> typed values, strictly. The only module that knows TOML."""

from __future__ import annotations

import difflib
import itertools
import math
import re
from typing import TYPE_CHECKING, Literal, TypeVar, get_args, get_type_hints

import msgspec

from study.cell import (
    APIS,
    BACKENDS,
    CHANNELS,
    DEFAULT,
    FORMS,
    KERNELS,
    LABELS,
    PARTS,
    PLACEMENTS,
    START_METHODS,
    parts_of,
)
from study.cell import Cell as _Cell
from study.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

QUESTIONS = (
    "Q1",
    "Q2",
    "Q3",
    "Q4",
    "Q5",
    "Q6",
    "start",
    "dispatch",
    "grain",
    "messages",
    "scaling",
    "memory",
    "workers",
    "sharing",
    "steady",
    "noise",
)
"""The six questions, then the topics of the whole study, then what equal things differ by."""
TIERS = ("headline", "core", "extended")
EVERY = "every"
"""As a start method: each of fork, forkserver and spawn."""
WORKER_WORDS = ("cpus", "powers", "oversubscribed")
TASK_WORDS = ("balanced", "per_worker", "filling")
CLAIMS_FILE = "claims.toml"

T = TypeVar("T")
Scalar = str | int
Choice = Scalar | list[Scalar]


class Factors(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The factors of a cell; a list means each of its values in turn. `None`: not given here."""

    pattern: str | None = None
    kernel: str | list[str] | None = None
    backend: str | list[str] | None = None
    start_method: str | list[str] | None = None
    workers: Choice | None = None
    tasks: Choice | None = None
    chunksize: int | list[int] | None = None
    payload_bytes: int | list[int] | None = None
    variant: str | list[str] | None = None
    api: str | list[str] | None = None
    channel: str | list[str] | None = None
    form: str | list[str] | None = None
    placement: str | list[str] | None = None
    spins: int | list[int] | None = None
    parent_bytes: int | list[int] | None = None
    library_threads: Choice | None = None
    label: str | list[str] | None = None

    def given(self) -> dict[str, Choice]:
        """The factors that are given, by name."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if getattr(self, name) is not None}


class Skip(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Cells that are declared away, and why; the report shows the reason."""

    when: Factors
    reason: str


class Experiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question to the machine: what is fixed, what is swept inside a process, what varies, and how soon it counts."""

    schema: Literal[1]
    question: str
    title: str
    tier: str
    fixed: Factors = Factors()
    vary: list[Factors] = []
    swept: Factors | None = None
    baseline: Factors | None = None
    skip: list[Skip] = []
    id: str = ""
    text: str = ""


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One statement that a run decides.

    Attributes
    ----------
    estimand : 'ratio' (of `of` to `to`), 'difference' (`of` minus `to`, seconds), 'value' (of `of`), 'proportion'.
    of, to : the cells, every factor that differs from a cell's default named; `part` picks the timed part.
    outcome, per : integer outcomes; a proportion is outcome/trials, a value with both is outcome/per of each process.
    direction : 'above' or 'below' the threshold; for a universal proportion 'always' or 'never'.
    finding : the sentence of the report with {of} {to} {ratio} {value} {difference} {share} {trials} in it.
    """

    id: str
    question: str
    statement: str
    estimand: Literal["ratio", "difference", "value", "proportion"]
    of: dict[str, Scalar]
    finding: str
    direction: Literal["above", "below", "always", "never"]
    to: dict[str, Scalar] | None = None
    outcome: str = ""
    per: str = "trials"
    threshold: float = 1.0
    scope: str = ""
    headline: bool = False


class _Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    schema: Literal[1]
    claim: list[Claim]


_STRUCTS: tuple[tuple[str, type[msgspec.Struct]], ...] = (
    (r"\$\.claim\[\d+\]", Claim),
    (r"\$\.skip\[\d+\]", Skip),
    (r"\$\.(fixed|swept|baseline|vary\[\d+\]|skip\[\d+\]\.when)", Factors),
)


def nearest(word: str, choices: Iterable[str]) -> str:
    """` (did you mean 'spawn'?)`, or '' where no choice is near."""
    found = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.5)
    return f" (did you mean {found[0]!r}?)" if found else ""


def _decode(text: str, kind: type[T], file: str, top: type[msgspec.Struct]) -> T:
    try:
        return msgspec.toml.decode(text, type=kind)
    except msgspec.ValidationError as error:
        message = str(error)
        place = match[1] if (match := re.search(r" - at `(.*)`", message)) else "$"
        hint = ""
        if unknown := re.search(r"unknown field `([^`]*)`", message):
            hint = nearest(unknown[1], _struct_at(place, top).__struct_fields__)
        if message.startswith("Invalid enum value"):
            above, _, name = place.rpartition(".")
            choices = get_args(get_type_hints(_struct_at(above, top))[name])
            hint = f"; expected {' or '.join(map(repr, choices))}"
        where = place.removeprefix("$").removeprefix(".") or "top level"
        raise ConfigError(f"{file}: {where}: {message.split(' - at ', maxsplit=1)[0]}{hint}") from None
    except (msgspec.DecodeError, ValueError, RecursionError) as error:  # endless digits, endless brackets
        raise ConfigError(f"{file}: this is not TOML: {error}") from None


def _struct_at(place: str, top: type[msgspec.Struct]) -> type[msgspec.Struct]:
    return next((kind for pattern, kind in _STRUCTS if re.fullmatch(pattern, place)), top)


def _as_list(value: Choice | None) -> list[Scalar]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _check_word(file: str, place: str, value: Scalar, choices: Sequence[str]) -> None:
    if value not in choices:
        expected = ", ".join(repr(choice) for choice in choices)
        raise ConfigError(f"{file}: {place}: {value!r} is not one of {expected}{nearest(str(value), choices)}")


def _check_factors(file: str, place: str, factors: Factors) -> None:
    words: dict[str, tuple[str, ...]] = {
        "pattern": tuple(PARTS),
        "kernel": KERNELS,
        "backend": BACKENDS,
        "start_method": (*START_METHODS, DEFAULT, EVERY, ""),
        "label": LABELS,
        "api": APIS,
        "channel": CHANNELS,
        "form": FORMS,
        "placement": PLACEMENTS,
    }
    numbers: dict[str, tuple[str, ...]] = dict.fromkeys(("chunksize", "payload_bytes", "spins", "parent_bytes"), ())
    numbers |= {"workers": WORKER_WORDS, "tasks": TASK_WORDS, "library_threads": ("cpus",)}
    for name, given in factors.given().items():
        values = _as_list(given)
        if not values:
            raise ConfigError(f"{file}: {place}.{name}: an empty list leaves nothing to measure; name a value")
        for value in values:
            if name in words:
                _check_word(file, f"{place}.{name}", value, words[name])
            elif name in numbers:
                _check_number(file, f"{place}.{name}", value, numbers[name])


def _check_number(file: str, place: str, value: Scalar, words: tuple[str, ...]) -> None:
    if isinstance(value, str):
        if not words:
            raise ConfigError(f"{file}: {place}: {value!r} is not a whole number")
        _check_word(file, place, value, words)
    elif value < (least := 1 if place.endswith("tasks") else 0):
        raise ConfigError(f"{file}: {place}: {value} is too small; expected {least} or more")


def parse_experiment(text: str, identity: str) -> Experiment:
    """The experiment written in `text`; `identity` is its file's name without `.toml`."""
    file = f"experiments/{identity}.toml"
    experiment = _decode(text, Experiment, file, Experiment)
    if experiment.id or experiment.text:
        raise ConfigError(f"{file}: 'id' and 'text' cannot be given: the id is the file's name")
    _check_word(file, "question", experiment.question, QUESTIONS)
    _check_word(file, "tier", experiment.tier, TIERS)
    for place, factors in _factors_of(experiment):
        _check_factors(file, place, factors)
    for name, value in experiment.fixed.given().items():
        if isinstance(value, list):
            raise ConfigError(f"{file}: fixed.{name}: a fixed factor has one value; lists belong under [[vary]]")
    if experiment.swept is not None and len(experiment.swept.given()) != 1:
        raise ConfigError(f"{file}: swept: exactly one factor is swept inside a process; name one list")
    for index, block in enumerate(experiment.vary or [Factors()]):
        if not (block.pattern or experiment.fixed.pattern):
            raise ConfigError(f"{file}: vary[{index}]: no pattern; give one here or under [fixed]")
    return msgspec.structs.replace(experiment, id=identity, text=text)


def _factors_of(experiment: Experiment) -> Iterable[tuple[str, Factors]]:
    yield "fixed", experiment.fixed
    yield from ((f"vary[{index}]", block) for index, block in enumerate(experiment.vary))
    yield from ((name, block) for name in ("swept", "baseline") if (block := getattr(experiment, name)) is not None)
    yield from ((f"skip[{index}].when", skip.when) for index, skip in enumerate(experiment.skip))


def parse_claims(text: str) -> tuple[Claim, ...]:
    """The claims written in `text`."""
    file = f"experiments/{CLAIMS_FILE}"
    claims = _decode(text, _Claims, file, _Claims).claim
    seen: set[str] = set()
    for index, claim in enumerate(claims):
        place = f"claim[{index}] ({claim.id})"
        if claim.id in seen:
            raise ConfigError(f"{file}: {place}: this id was used before; ids are unique")
        seen.add(claim.id)
        _check_word(file, f"{place}.question", claim.question, QUESTIONS)
        _check_claim(file, place, claim)
    return tuple(claims)


def _check_claim(file: str, place: str, claim: Claim) -> None:
    for side, selector in (("of", claim.of), ("to", claim.to)):
        if selector is not None:
            cell_of(selector, 2, file, f"{place}.{side}")
    if claim.estimand in {"ratio", "difference"} and claim.to is None:
        raise ConfigError(f"{file}: {place}: a {claim.estimand} needs 'to', the cell it is taken against")
    if claim.estimand == "proportion" and not claim.outcome:
        raise ConfigError(f"{file}: {place}: a proportion needs 'outcome', the count it is made of")
    if claim.direction in {"always", "never"} and claim.estimand != "proportion":
        raise ConfigError(f"{file}: {place}: '{claim.direction}' is for proportions; use 'above' or 'below'")
    words = {"of", "to", "ratio", "value", "difference", "share", "trials", "count"}
    for word in re.findall(r"\{(\w*)\}", claim.finding):
        if word not in words:
            raise ConfigError(f"{file}: {place}.finding: {{{word}}} is unknown{nearest(word, words)}")


def cell_of(selector: Mapping[str, Scalar], usable_cpus: int, file: str, place: str) -> _Cell:
    """The one cell that a claim's selector names, its words ('cpus', …) replaced by this machine's numbers."""
    names = [name for name in _Cell.__slots__ if name != "text"]
    for name in selector:
        if name not in names:
            raise ConfigError(f"{file}: {place}: unknown key {name!r}{nearest(name, names)}")
    values = in_numbers(selector, usable_cpus)
    try:
        cell = _Cell(**values)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{file}: {place}: {error}") from None
    _check_word(file, f"{place}.pattern", cell.pattern, tuple(PARTS))
    _check_word(file, f"{place}.kernel", cell.kernel, KERNELS)
    _check_word(file, f"{place}.backend", cell.backend, BACKENDS)
    _check_word(file, f"{place}.start_method", cell.start_method, (*START_METHODS, DEFAULT, ""))
    _check_word(file, f"{place}.part", cell.part, parts_of(cell))
    return cell


def machine_words(usable_cpus: int) -> dict[str, int]:
    """The numbers behind 'cpus', 'oversubscribed' and 'balanced' on a machine with this many usable CPUs."""
    counts = [*worker_counts(usable_cpus), 2 * usable_cpus]
    together = math.lcm(*counts)
    balanced = together if together <= 8 * usable_cpus else 2 * usable_cpus
    return {"cpus": usable_cpus, "oversubscribed": 2 * usable_cpus, "balanced": balanced}


def worker_counts(usable_cpus: int) -> tuple[int, ...]:
    """1, 2, 4, … and the usable CPUs themselves."""
    powers = itertools.takewhile(lambda count: count <= usable_cpus, (2**exponent for exponent in range(20)))
    return tuple(sorted({*powers, usable_cpus}))


TASKS_PER_WORKER = 4
FILLED_S = 0.1
SPIN_S = 30e-9
FEWEST_TASKS, MOST_TASKS = 16, 1024


def in_numbers(factors: Mapping[str, Scalar], usable_cpus: int) -> dict[str, Scalar]:
    """The factors of one cell with the words of `workers`, `tasks` and `library_threads` replaced by numbers.

    `per_worker` gives every worker four tasks (weak scaling); `filling` as many tasks, a power of two, as fill a tenth of
    a second at some 30 ns an iteration, but no fewer than 16 and no more than 1024.
    """
    words = machine_words(usable_cpus)
    values = dict(factors)
    for name in ("workers", "library_threads"):
        if isinstance(word := values.get(name), str):
            values[name] = words.get(word, word)
    tasks = values.get("tasks")
    if tasks == "per_worker":
        values["tasks"] = TASKS_PER_WORKER * int(values.get("workers", 1))
    elif tasks == "filling":
        wanted = FILLED_S / (max(1, int(values.get("spins", 0))) * SPIN_S)
        values["tasks"] = min(MOST_TASKS, max(FEWEST_TASKS, 2 ** round(math.log2(wanted))))
    elif isinstance(tasks, str):
        values["tasks"] = words.get(tasks, tasks)
    return values


def read_texts(folder: Path) -> dict[str, str]:
    """File name without `.toml` -> text, of every experiment and of `claims`, sorted by name."""
    texts = {}
    try:
        for path in sorted(folder.glob("*.toml")):
            texts[path.stem] = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"experiments/{path.name}: cannot be read: {error}") from None
    if not texts:
        raise ConfigError(f"experiments/: no *.toml in {folder}; the study needs at least one experiment")
    return texts


def experiments_in(texts: Mapping[str, str]) -> tuple[Experiment, ...]:
    """Every experiment, headline first, then core, then extended; by name within a tier, `noise` last.

    A cell that several files ask for is kept with the first of them: the file that asks the question, not `noise`.
    """
    found = [parse_experiment(text, identity) for identity, text in texts.items() if f"{identity}.toml" != CLAIMS_FILE]
    return tuple(sorted(found, key=lambda one: (TIERS.index(one.tier), one.question == "noise", one.id)))


def claims_in(texts: Mapping[str, str]) -> tuple[Claim, ...]:
    """The claims, or none where there is no `claims.toml`."""
    text = texts.get(CLAIMS_FILE.removesuffix(".toml"))
    return () if text is None else parse_claims(text)
