"""Run folders under a results folder: making, finding, continuing and finishing them."""

from __future__ import annotations

import contextlib
import functools
import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from study.errors import ResultsError, printable
from study.store import journal as journals
from study.store import manifest as manifests
from study.store import summary as summaries
from study.store.bounds import SLUG
from study.store.checked import INVALID, suite_file
from study.store.contributed import contribution_of, is_contributed
from study.store.files import (
    MAX_BYTES,
    as_text,
    compress,
    digest,
    is_link,
    lies_there,
    open_plain,
    parse_as,
    read_bytes,
    read_text,
    write_whole,
)
from study.store.manifest import Manifest
from study.store.scrub import scrub
from study.store.suites import PyperfSuite, Sample, samples_in, suite_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST = "manifest.json"
LOG = "log.txt"
UNSEEN = "*"
"""Stands for the runs of a machine's folder that cannot be looked into."""
MOST_TOLD = 10
"""Runs that are passed over are named up to this number, then counted."""


def now_text() -> str:
    """The time now, UTC, to the second, in ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dt%H%M%Sz")


class Placed:
    """Something known of the run in a folder: which machine's it is, and what it is called."""

    def __init__(self, path: Path) -> None:
        """The folder of the run."""
        self.path = path

    @property
    def machine(self) -> str:
        """The machine's chosen name: the folder above."""
        return self.path.parent.name

    @property
    def id(self) -> str:
        """The run's name: the folder itself."""
        return self.path.name

    @property
    def name(self) -> str:
        """What messages call the run."""
        return run_name(self.path)

    @functools.cached_property
    def contributed(self) -> bool:
        """Whether somebody else measured it, and it was added from a bundle: it is told beside one's own runs, never of them."""
        return is_contributed(self.path)


class RunFolder(Placed):
    """One run: `manifest.json`, and either the journal (measuring) or the suites (finished).

    `mend` is how a run is mended whose files do not fit each other, as messages say it.
    """

    mend = "; restore the run (git checkout)"

    def __init__(self, path: Path, manifest: Manifest) -> None:
        """A folder that exists, with its manifest."""
        super().__init__(path)
        self.manifest = manifest
        self._refused: ResultsError | None = None

    @classmethod
    def create(cls, results: Path, machine: str, manifest: Manifest) -> RunFolder:
        """A new folder with its manifest in it; never one that exists."""
        path = results / machine / f"{_stamp()}-{manifest.digest[:8]}"
        manifests.encode(manifest, f"{run_name(path)}/{MANIFEST}")  # before anything is measured
        if is_link(path.parent):
            raise ResultsError(_linked(path.parent, results))
        try:
            path.mkdir(parents=True, exist_ok=False)
        except FileExistsError:
            raise ResultsError(f"{path.parent.name}/{path.name}: exists already; nothing was overwritten") from None
        except OSError as error:
            raise ResultsError(
                f"{results.name}/: cannot be written ({error.strerror}); name another with --results"
            ) from None
        folder = cls(path, manifest)
        folder.save()
        return folder

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """The run in this folder, its manifest checked whole; no link below the results is followed.

        Raises
        ------
        ResultsError
            naming what is wrong with it, and where.
        """
        name = f"{run_name(path)}/{MANIFEST}"
        found = cls(path, manifests.decode(as_text(manifest_of(path), name), name))
        contribution_of(path)  # a mark that nobody understands is no mark: the run is refused
        return found

    def save(self) -> None:
        """Write the manifest, checked as it will be when it is read."""
        write_whole(self.path / MANIFEST, manifests.encode(self.manifest, f"{self.name}/{MANIFEST}"))

    @functools.cached_property
    def has_rounds(self) -> bool:
        """Whether a round was completed: by the manifest, or by the journal, which a killed run is ahead by. Cheap."""
        if self.manifest.rounds or self.manifest.state == "finished" or not lies_there(self.path / journals.NAME):
            return bool(self.manifest.rounds)
        with contextlib.suppress(ResultsError):  # named where its times are read
            data = read_bytes(self.path / journals.NAME, self.name, longest=journals.MAX_BYTES)
            return journals.ROUND_LINE in data
        return False

    def journal(self) -> journals.Journal:
        """The journal of a run that is being measured."""
        return journals.Journal(self.path / journals.NAME, self.manifest)

    def log(self, text: str) -> None:
        """Add scrubbed lines to `log.txt`."""
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            with open_plain(self.path / LOG, f"{self.name}/{LOG}", flags=flags, remedy=". Remove it") as file:
                file.writelines(f"{scrub(line)}\n".encode() for line in text.splitlines())
        except OSError as error:
            raise ResultsError(
                f"{self.name}/{LOG}: cannot be written ({error.strerror}); what is measured is kept."
                " Free some space and run the same command again"
            ) from None

    def finish(self) -> None:
        """Turn the journal into suites. Safe to repeat: the journal goes only when everything else is on the disk."""
        good, replaced = self._samples()
        if not self.manifest.rounds:  # of part of one round nothing can be told, not even how disturbed it was
            good, replaced = [], good + replaced
        suites: dict[str, list[Sample]] = {}
        homes = self._homes()
        for sample in good:
            suites.setdefault(homes[sample.target, sample.name], []).append(sample)
        if replaced:
            suites[INVALID] = replaced
        measured = {(sample.target, sample.name) for sample in good}
        for record in self.manifest.cells:
            if record.state == "done" and record.key not in measured:
                record.state, record.reason = "left out", "no attempt that measured it counts"
        files = {}
        for name, samples in sorted(suites.items()):
            text = suite_text(samples)
            files[name] = digest(text)
            write_whole(self.path / name, compress(text))
        self.manifest.files = files
        self.manifest.state = "finished"
        self.manifest.finished = self.manifest.finished or now_text()
        self.save()
        summaries.save(self.path, self.manifest, manifest_of(self.path), good)
        (self.path / journals.NAME).unlink(missing_ok=True)

    def _samples(self) -> tuple[list[Sample], list[Sample]]:
        """Samples that count, and those of attempts at a round that another attempt stands for.

        Of a round with completed attempts the last one counts; of the last, cut-off round what there is.
        """
        journal = self.journal()
        counting = {entry["round"]: entry["attempt"] for entry in journal.of_kind("round")}
        good: list[Sample] = []
        bad: list[Sample] = []
        for entry, samples in journal.samples:
            counts = entry["attempt"] == counting.get(entry["round"], entry["attempt"])
            target = self.manifest.curves[entry["curve"]].target
            (good if counts else bad).extend(
                replace(sample, target=target, round_index=entry["round"], attempt=entry["attempt"])
                for sample in samples
            )
        return good, bad

    def _homes(self) -> dict[tuple[str, str], str]:
        """(Target, cell) -> the file that holds its times."""
        return {record.key: suite_file(record) for record in self.manifest.cells}

    def load(self) -> list[Sample]:
        """Every sample that counts, checked against the manifest's digests; of a run that goes on, those so far.

        Raises
        ------
        ResultsError
            if a file is missing, changed or not what this study writes; found once, it is not looked for again.
        """
        if self._refused is not None:
            raise self._refused
        try:
            return self._loaded()
        except ResultsError as error:
            self._refused = ResultsError(str(error))  # not the error itself, which holds what was being read
            raise

    def _loaded(self) -> list[Sample]:
        samples = self._samples()[0] if self.manifest.state == "measuring" else self._stored()
        seen = {(sample.target, sample.name, sample.round_index) for sample in samples}
        if len(seen) != len(samples):
            raise ResultsError(f"{self.name}: a cell was measured twice in one round{self.mend}")
        counts: dict[tuple[str, str, bool], int] = {}
        homes = self._homes()
        shared_out = self._shared_out()
        for sample in samples:
            key = sample.target, sample.name
            late = key in shared_out and sample.round_index >= shared_out[key]
            if key not in homes or counts.setdefault((*key, late), len(sample.values)) != len(sample.values):
                raise ResultsError(
                    f"{self.name}: {sample.name}: not in the manifest, or with more values in one process than in"
                    f" another{self.mend}"
                )
        if self.manifest.state == "finished":
            self._check_whole(samples)
        return samples

    def _shared_out(self) -> dict[tuple[str, str], int]:
        """(Target, cell) -> the round from which a gate gave its processes values of their own."""
        gate, curves = self.manifest.gate, self.manifest.curves
        own = [curve for curve in curves if gate is not None and curve.values]
        return {(curve.target, text): gate.looks[0] for curve in own if gate for text in curve.cells}

    def _check_whole(self, samples: list[Sample]) -> None:
        """Of a finished run: every cell that is done has samples, of rounds that were held; the last may be cut off."""
        held = {record.index for record in self.manifest.rounds}
        held.add(max(held, default=-1) + 1)
        odd = next((sample for sample in samples if sample.round_index not in held), None)
        if odd is not None:
            raise ResultsError(
                f"{self.name}: {odd.name}: measured in round {odd.round_index}, which the manifest's rounds do not"
                f" have{self.mend}"
            )
        measured = {(sample.target, sample.name) for sample in samples}
        for record in self.manifest.cells:
            if record.state == "done" and record.key not in measured:
                raise ResultsError(
                    f"{self.name}/{suite_file(record)}: no times of {record.cell}, which is done{self.mend}"
                )

    def _stored(self) -> list[Sample]:
        samples = []
        homes = self._homes()
        for name, text in self._texts().items():
            where = f"{self.name}/{name}"
            if name != INVALID:
                found = samples_in(parse_as(text, PyperfSuite, where, remedy=self.mend), where)
                odd = next((sample for sample in found if homes.get((sample.target, sample.name)) != name), None)
                if odd is not None:
                    raise ResultsError(f"{where}: {odd.name} on {printable(odd.target, 60)} does not belong here")
                samples += found
        return samples

    def _texts(self) -> dict[str, str]:
        """The suites' texts, at most `MAX_BYTES` together. A changed one is found before any is taken apart."""
        texts = {}
        left = MAX_BYTES
        for name, expected in self.manifest.files.items():
            where = f"{self.name}/{name}"
            texts[name] = self.text(name, longest=left)
            left -= len(texts[name])
            if digest(texts[name]) != expected:
                raise ResultsError(f"{where}: changed since it was measured (its digest differs){self.mend}")
        return texts

    def text(self, name: str, *, longest: int) -> str:
        """The text of one of its suites."""
        return read_text(self.path / name, f"{self.name}/{name}", longest=longest)


def manifest_of(path: Path) -> bytes:
    """The bytes of a run's manifest, unchecked but for the names of its folders; no link below the results is followed.

    Raises
    ------
    ResultsError
        as `RunFolder.open`.
    """
    for folder in (path.parent, path):
        if is_link(folder):
            raise ResultsError(_linked(folder, path.parent.parent))
    if path.name == UNSEEN:
        raise ResultsError(f"{run_name(path)}: the folder cannot be looked into; mend its permissions or move it")
    for folder in (path.parent, path):
        if not re.match(SLUG, folder.name):
            shown = printable(repr(folder.name), 150)
            raise ResultsError(f"{run_name(path)}: {shown} is no name that this study gives a folder; rename it")
    return read_bytes(path / MANIFEST, f"{run_name(path)}/{MANIFEST}", longest=manifests.MAX_BYTES)


def run_name(path: Path) -> str:
    """What messages call the run in this folder."""
    return printable(path.parent.name if path.name == UNSEEN else f"{path.parent.name}/{path.name}", 150)


def _linked(path: Path, results: Path) -> str:
    name = path.name if path.parent == results else f"{path.parent.name}/{path.name}"
    return (
        f"{printable(name, 150)}: a link, which is not followed: machines and runs are folders (the results folder as a"
        " whole may be a link). Move the folder itself here, or remove the link"
    )


def run_folders(results: Path) -> list[Path]:
    """Every run folder under `results`: those with a manifest, whatever it is, oldest name first; links as they are."""
    try:
        machines = _folders(results)
    except (FileNotFoundError, NotADirectoryError):  # a folder that is not there holds no run
        return []
    except OSError as error:
        raise ResultsError(
            f"{results}: cannot be looked into ({error.strerror}); mend its permissions, or name another with --results"
        ) from None
    found = []
    for machine in machines:
        try:
            runs = [machine / UNSEEN] if is_link(machine) else _folders(machine)
        except OSError:
            runs = [machine / UNSEEN]  # opening it says why it cannot be looked into
        found += [run for run in runs if run.name == UNSEEN or is_link(run) or lies_there(run / MANIFEST)]
    return sorted(found)


def _folders(path: Path) -> list[Path]:
    """Folders in a folder, and links to folders."""
    with os.scandir(path) as entries:
        return [path / entry.name for entry in entries if entry.is_dir()]


def unfinished(results: Path, machine: str, tell: Callable[[str], None] = lambda _: None) -> RunFolder | None:
    """The newest run of this machine that is not finished, or None. What cannot be read is passed over and told."""
    passed = 0
    for path in reversed([path for path in run_folders(results) if path.parent.name == machine]):
        if is_contributed(path):
            continue
        try:
            folder = RunFolder.open(path)
            if folder.manifest.state == "measuring":
                folder.journal()
                return folder
        except ResultsError as error:
            passed += 1
            if passed <= MOST_TOLD:
                tell(f"passed over, it stays as it is: {error}")
    if passed > MOST_TOLD:
        tell(f"passed over as well: {passed - MOST_TOLD} runs of {machine} that cannot be read")
    return None


def drop_spent_journals(results: Path, machine: str) -> None:
    """Remove the journals of finished runs, whose finishing was cut off after its last save. Only a run does this."""
    for path in run_folders(results):
        if path.parent.name == machine and lies_there(path / journals.NAME):
            with contextlib.suppress(ResultsError):  # what cannot be read stays as it is, and is named by the report
                folder = RunFolder.open(path)
                if folder.manifest.state == "finished":
                    with contextlib.suppress(ResultsError):  # of which only the summary is made
                        summaries.save(path, folder.manifest, manifest_of(path), folder.load())
                    (path / journals.NAME).unlink()
