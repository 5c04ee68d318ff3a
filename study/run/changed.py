"""What makes an unfinished run one of another study than the one that is asked for now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study import identity
from study.cell import Cell
from study.config import CLUSTER
from study.errors import printable
from study.run.prepared import digest_of_study
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.run.prepared import Prepared
    from study.store import Manifest

_MOST_NAMED = 3
"""Files or cells; the others are counted."""
_LONGEST = 60
"""Characters of a fact."""


def changed_since(manifest: Manifest, made: Prepared) -> tuple[str, ...]:
    """All that differs, then / now; empty for the same study. Cells that the run does not measure do not matter."""
    asked: list[str] = []
    if manifest.digest != made.digest:
        asked = list(_asked(manifest, made)) or [
            f"version of this study: {manifest.study_version}, which asked for something else / the present one"
        ]
    digests = {record.cell: record.digest for record in manifest.cells if record.curve >= 0}
    others = [cell for cell, digest in digests.items() if digest != made.sources.digest(Cell.parse(cell))]
    if others:
        of_all = f"{count(len(others))} of {counted(len(digests), 'cell')}"
        asked.append(f"programs that measure {of_all}: {_named(others)}")
    return tuple(asked)


def _asked(manifest: Manifest, made: Prepared) -> Iterator[str]:
    """Of what enters the digest of a study, what differs."""
    then, now, wishes = manifest.config, made.texts, made.wishes
    files = [f"experiments/{name}.toml" for name in sorted({*then, *now}) if then.get(name) != now.get(name)]
    if files:
        yield f"files: {_named(files)}"
    if manifest.digests.get("config") not in {None, identity.digest_of([dict(then), wishes.only])}:
        yield f"experiments that were chosen: others / {wishes.only or 'all'}"
    if manifest.digests.get("lock") != made.digests.get("lock"):
        yield "locked libraries of the interpreters (a lock file, or --peers)"
    yield from _of_targets({target.name: target.facts for target in manifest.targets}, made.targets)
    if manifest.usable_cpus != made.usable_cpus:
        yield f"usable CPUs: {count(manifest.usable_cpus)} / {count(made.usable_cpus)}"
    if manifest.machine.get(CLUSTER) != made.machine_facts.get(CLUSTER):
        yield f"cluster: {_cluster(manifest.machine.get(CLUSTER))} / {_cluster(made.machine_facts.get(CLUSTER))}"
    if manifest.simulated != wishes.simulated:
        yield "times: made up / measured" if manifest.simulated else "times: measured / made up"
    # Whether a seed was asked for is not stored, but enters the digest.
    for seed in (None, manifest.seed):
        of_seed = digest_of_study(manifest.digests, manifest.usable_cpus, simulated=manifest.simulated, seed=seed)
        if of_seed == manifest.digest and seed != wishes.seed:
            yield f"--seed: {_seed(seed)} / {_seed(wishes.seed)}"


def _of_targets(then: Mapping[str, Mapping[str, Any]], targets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The interpreters, and the facts of those that are in both."""
    now: dict[str, Mapping[str, Any]] = {target["name"]: target["facts"] for target in targets}
    if list(then) != list(now):
        yield f"interpreters: {', '.join(then)} / {', '.join(now)}"
    for name in (name for name in then if name in now):
        for fact in sorted({*then[name], *now[name]}):
            before, after = (facts[name].get(fact) for facts in (then, now))
            if before != after:
                before, after = _apart(before, after), _apart(after, before)
                yield f"{fact} of {name}: {printable(str(before), _LONGEST)} / {printable(str(after), _LONGEST)}"


def _cluster(known: Mapping[str, int] | None) -> str:
    return f"{counted(known['workers'], 'worker')}, {counted(known['threads'], 'thread')}" if known else "none"


def _apart(fact: Any, other: Any) -> Any:  # noqa: ANN401 - of any kind that JSON has
    """The fact; of names with values only those that the other has not."""
    if not (isinstance(fact, dict) and isinstance(other, dict)):
        return fact
    return {name: value for name, value in fact.items() if name not in other or other[name] != value}


def _seed(seed: int | None) -> str:
    return "not given" if seed is None else str(seed)


def _named(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {count(more)} more" if more > 0 else "")
