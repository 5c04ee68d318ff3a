"""`bundle`: a run put into one file, or what would be in it told and nothing written."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study import store
from study.errors import ResultsError, StudyError, UsageError, printable
from study.exchange.shown import found_in, shown
from study.store import bundles
from study.store.folders import MANIFEST
from study.units import counted, size

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable
    from pathlib import Path

_MOST_LISTED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """What is asked for.

    Attributes
    ----------
    run : '' or MACHINE[/RUN].
    to : a file or a folder; None for the folder `here`, below which other names are looked for too.
    show : whether only to say what would be in it.
    simulated : whether a made-up run is meant.
    """

    results: Path
    here: Path
    run: str = ""
    to: Path | None = None
    show: bool = False
    simulated: bool = False

    @classmethod
    def of(cls, typed: argparse.Namespace, results: Path) -> Handing:
        """What was typed."""
        return cls(
            results=results,
            here=typed.folder,
            run=typed.run or "",
            to=typed.to,
            show=typed.show,
            simulated=typed.simulated,
        )


def hand_over(asked: Handing, say: Callable[[str], None]) -> int:
    """Write the bundle, or show it; the exit code.

    Raises
    ------
    StudyError
        if there is no such run, it cannot be handed over, or something else lies where the bundle would.
    """
    folder = _chosen(asked)
    bundle = bundles.made(folder)
    names_somebody = found_in(folder.manifest)
    if asked.show:
        for line in shown(folder, bundle, names_somebody):
            say(line)
        return 0
    if names_somebody:
        raise ResultsError(
            f"{folder.name}: not handed over, for it names this host, its user or an address: {'; '.join(names_somebody)}."
            f" Put <private> in its place in the run's {MANIFEST} (a summary.json beside it can be removed), then bundle it"
            " again; --show says all that is in it"
        )
    place = _place(asked, bundle.name)
    if _is_there(place, bundle.data):
        say(f"{place}: is there already, the same to the last byte")
        return 0
    with contextlib.suppress(FileExistsError):  # which came just now
        store.write_new(place, bundle.data)
        members = counted(len(bundle.members), "file")
        say(f"{place}: {printable(folder.name)} in one file ({members}, {size(len(bundle.data))})")
        say(
            "What is in it, and what is not: --show. Whoever gets it adds it to results of their own: nox -s add -- FILE"
        )
        return 0
    raise _taken(place)


def _chosen(asked: Handing) -> store.RunFolder:
    """The run that is asked for: one by its whole name, else the newest finished one of a machine, or of this machine."""
    if not asked.run:
        own = () if asked.simulated else store.own_names(asked.results)
        paths = [path for path in store.run_folders(asked.results) if asked.simulated or path.parent.name in own]
        whose = "made-up times" if asked.simulated else "this machine"
        found = _newest((path for path in paths if not store.is_contributed(path)), simulated=asked.simulated)
        if found is None:
            raise UsageError(
                f"{asked.results.name}/ holds no finished run of {whose}: measure one (nox -s study), or name one of another,"
                f" MACHINE[/RUN]{_listed(asked.results)}"
            )
        return found
    paths = store.runs_named(asked.results, asked.run, "bundle ")
    if "/" in asked.run.rstrip("/"):
        return _meant(store.RunFolder.open(paths[0]), asked)
    found = _newest([path for path in paths if not store.is_contributed(path)] or paths, simulated=asked.simulated)
    if found is None:
        return _meant(store.RunFolder.open(paths[-1]), asked)  # which says what is the matter with the newest
    return found


def _newest(paths: Iterable[Path], *, simulated: bool) -> store.RunFolder | None:
    """The newest that is finished, no gate, and made up or not, as is wanted; what cannot be read is passed over."""
    found = []
    for path in paths:
        with contextlib.suppress(StudyError):
            folder = store.RunFolder.open(path)
            manifest = folder.manifest
            if manifest.state == "finished" and manifest.gate is None and manifest.simulated is simulated:
                found.append(folder)
    return max(found, key=lambda folder: (folder.manifest.finished, folder.name), default=None)


def _meant(folder: store.RunFolder, asked: Handing) -> store.RunFolder:
    """The run itself, unless it is made up and nobody said so."""
    if folder.manifest.simulated and not asked.simulated:
        raise UsageError(
            f"{folder.name}: its times are made up (simulated), and nobody's machine. With --simulated it is bundled"
        )
    return folder


def _listed(results: Path) -> str:
    names = [store.run_name(path) for path in store.run_folders(results)]
    return f"; there are {', '.join(names[-_MOST_LISTED:])}" if names else "; there are none"


def _place(asked: Handing, name: str) -> Path:
    """The file to write: with a name of its own in a folder, or the one that is named."""
    if asked.to is None:
        return asked.here / name
    place = asked.here / asked.to
    if place.is_dir():
        return place / name
    if place.suffix != bundles.SUFFIX:
        raise UsageError(
            f"--to {asked.to}: no folder of that name is there, and a bundle's own name ends in {bundles.SUFFIX}; make the"
            f" folder, or name a file such as {place.name}{bundles.SUFFIX}"
        )
    if not place.parent.is_dir():
        raise UsageError(f"--to {asked.to}: there is no folder {place.parent}; make it, or name another file")
    return place


def _is_there(place: Path, data: bytes) -> bool:
    """Whether the bundle lies there; what else has its name is not touched."""
    if not place.exists() and not place.is_symlink():
        return False
    try:
        same = store.files.read_bytes(place, place.name, longest=bundles.LARGEST_BYTES, as_it_is=True) == data
    except ResultsError:
        same = False
    if not same:
        raise _taken(place)
    return True


def _taken(place: Path) -> UsageError:
    return UsageError(f"{place}: something else has that name, and is not replaced; name another file with --to")
