"""Every fact that would leave this house in a bundle, by its place in the files; and what does not leave it."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from study.errors import printable
from study.machine import Machine
from study.store import unscrubbed
from study.store.bundles import SUMS
from study.store.summary import NAME as SUMMARY
from study.units import counted, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from study.store import Manifest, RunFolder
    from study.store.bundles import Made

_FEW = 8
"""Values of one place that are all shown; of more only how many, and the first and last in order."""
_FREE = frozenset({"reason", "disturbed", "changes"})
"""Places whose values are free text: all are shown, however many and however long."""
_LINE = 1000
"""Characters of a free text on one line: a longer line would be cut."""
_NAMED = frozenset({"config", "files", "loops"})
"""Objects whose keys are names and not places: of experiments, files and cells."""
_LONGEST = 200
_OWN_FACTS = frozenset({*Machine.__struct_fields__, "simulated"})
_NOT_IN_IT = (
    "host name, user name, home, paths, addresses, environment: no result keeps them",
    "log.txt, with what failing programs printed",
    "calibration.json, machine.json, the journal, and other runs",
    "who made the bundle, and when",
)


def shown(folder: RunFolder, bundle: Made, names_somebody: Sequence[str]) -> Iterator[str]:
    """The lines that say what is in the bundle of a run, and what is not.

    Parameters
    ----------
    names_somebody : what was found in it that names this host or its user.
    """
    yield f"{bundle.name}: would have {counted(len(bundle.members), 'file')}, {size(len(bundle.data))}; nothing was written"
    yield f"machine: {bundle.name.removesuffix(f'-{folder.id}-{bundle.digest[:12]}.study')} (the name chosen for it)"
    yield f"run: {folder.id}"
    texts = {name: data for name, data in bundle.members.items() if name not in {SUMMARY, SUMS}}
    suites = {name: gzip.decompress(data) for name, data in texts.items() if name.endswith(".gz")}
    for name, data in texts.items():
        if name not in suites:
            yield f"{name} ({size(len(data))})"
            yield from _facts([json.loads(data)])
    for name in suites:
        yield f"{name} ({size(len(bundle.members[name]))})"
    yield f"  in these {counted(len(suites), 'suite')} together:"
    yield from _facts(map(json.loads, suites.values()))
    yield f"{SUMMARY} ({size(len(bundle.members[SUMMARY]))}): made of the above, with nothing beside it"
    yield f"{SUMS}: the digests of these files"
    yield "Not in it:"
    for line in _NOT_IN_IT:
        yield f"  {line}"
    for line in names_somebody:
        yield f"BUT it names somebody, and so would not be handed over: {line}"
    if not names_somebody:
        yield "This host's and this user's names, their home and addresses were looked for in every text: there are none"


def found_in(manifest: Manifest) -> tuple[str, ...]:
    """Where the run's texts name this host, its user or an address, and facts that no study collects; empty where nowhere."""
    texts = [(f"cells[{number}].reason", record.reason) for number, record in enumerate(manifest.cells)]
    for number, held in enumerate(manifest.rounds):
        texts += [(f"rounds[{number}].disturbed", text) for text in held.disturbed]
    texts += [("changes", text) for text in manifest.changes]
    texts += [("machine", text) for text in _texts_in(manifest.machine)]
    for number, target in enumerate(manifest.targets):
        texts += [(f"targets[{number}].facts", text) for text in _texts_in(target.facts)]
    named = {where: what for where, text in texts if (what := unscrubbed(text))}
    unknown = sorted(set(manifest.machine) - _OWN_FACTS)
    return (
        *(f"{where} has {printable(what, 60)!r}" for where, what in named.items()),
        *(f"machine.{printable(name, 60)} is no fact that this study collects" for name in unknown),
    )


def _texts_in(value: object) -> Iterator[str]:
    """Every text in JSON, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_in(inner)


def _facts(files: Iterable[object]) -> Iterator[str]:
    """A line for each place in these files, with the values that stand there."""
    places: dict[str, list[Any]] = {}
    for content in files:
        for place, value in _walked(content, ""):
            places.setdefault(place, []).append(value)
    for place, values in places.items():
        if place.rpartition(".")[2].removesuffix("[]") not in _FREE:
            yield f"  {place}: {_told(values)}"
            continue
        yield f"  {place}, whole:"
        for text in dict.fromkeys(map(str, values)):
            yield from (f"    {text[at : at + _LINE]}" for at in range(0, len(text), _LINE))


def _walked(value: object, place: str) -> Iterator[tuple[str, Any]]:
    """(Place, value) of every value; the elements of a list are of one place."""
    if isinstance(value, dict) and value:
        named = place.rpartition(".")[2] in _NAMED
        for key, inner in value.items():
            if named:
                yield f"{place}.NAME", key
            yield from _walked(inner, f"{place}.NAME: value" if named else f"{place}.{key}".removeprefix("."))
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _walked(inner, f"{place}[]")
    else:
        yield place, value


def _told(values: Sequence[Any]) -> str:
    different = list(dict.fromkeys(map(_text, values)))
    if len(different) <= _FEW:
        return " | ".join(different)
    numbers = [value for value in values if isinstance(value, int | float)]
    ends = (min(numbers), max(numbers)) if len(numbers) == len(values) else (min(different), max(different))
    return f"{len(different)} different, from {ends[0]} to {ends[1]}"


def _text(value: object) -> str:
    """A value as JSON has it; of a long text its length and its beginning."""
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{printable(value, 40)!r} and on, {len(value)} characters"
    return (
        printable(json.dumps(value, ensure_ascii=False), _LONGEST + 2) if not isinstance(value, str) else _plain(value)
    )


def _plain(text: str) -> str:
    return printable(text, _LONGEST) if text else "''"
