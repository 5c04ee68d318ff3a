"""Run folders under a results folder: making, finding, continuing and finishing them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from study.errors import ResultsError
from study.store import journal as journals
from study.store.files import compress, digest, parse_json, read_text, write_whole
from study.store.manifest import NAME, Manifest, decode, encode
from study.store.scrub import scrub
from study.store.suites import Sample, samples_in, suite_text

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

MANIFEST = "manifest.json"
INVALID = "invalid.json.gz"
LOG = "log.txt"


def now_text() -> str:
    """The time now, UTC, to the second, in ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dt%H%M%Sz")


class RunFolder:
    """One run: `manifest.json`, and either the journal (measuring) or the suites (finished)."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        """A folder that exists, with its manifest."""
        self.path = path
        self.manifest = manifest

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
        return f"{self.machine}/{self.id}"

    @classmethod
    def create(cls, results: Path, machine: str, manifest: Manifest) -> RunFolder:
        """A new folder with its manifest in it; never one that exists."""
        path = results / machine / f"{_stamp()}-{manifest.digest[:8]}"
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
        """The run in this folder."""
        name = f"{path.parent.name}/{path.name}/{MANIFEST}"
        return cls(path, decode(read_text(path / MANIFEST, name), name))

    def save(self) -> None:
        """Write the manifest."""
        write_whole(self.path / MANIFEST, encode(self.manifest))

    def journal(self) -> journals.Journal:
        """The journal of a run that is being measured."""
        return journals.Journal(self.path / journals.NAME)

    def log(self, text: str) -> None:
        """Add scrubbed lines to `log.txt`."""
        try:
            with (self.path / LOG).open("a", encoding="utf-8") as file:
                file.writelines(scrub(line) + "\n" for line in text.splitlines())
        except OSError as error:
            raise ResultsError(
                f"{self.name}/{LOG}: cannot be written ({error.strerror}); what is measured is kept."
                " Free some space and run the same command again"
            ) from None

    def finish(self) -> None:
        """Turn the journal into suites. Safe to repeat: the journal goes only when everything else is on the disk."""
        good, replaced = self._samples()
        suites: dict[str, list[Sample]] = {}
        homes = {(record.target, record.cell): record.experiment for record in self.manifest.cells}
        for sample in good:
            suites.setdefault(f"{homes[sample.target, sample.cell.text]}.{sample.target}.json.gz", []).append(sample)
        if replaced:
            suites[INVALID] = replaced
        files = {}
        for name, samples in sorted(suites.items()):
            text = suite_text(samples)
            files[name] = digest(text)
            write_whole(self.path / name, compress(text))
        self.manifest.files = files
        self.manifest.state = "finished"
        self.manifest.finished = self.manifest.finished or now_text()
        self.save()
        (self.path / journals.NAME).unlink(missing_ok=True)

    def _samples(self) -> tuple[list[Sample], list[Sample]]:
        """Samples that count, and those of attempts at a round that another attempt stands for.

        Of a round with completed attempts the last one counts; of the last, cut-off round what there is.
        """
        journal = self.journal()
        counting = {entry["round"]: entry["attempt"] for entry in journal.of_kind("round")}
        good: list[Sample] = []
        bad: list[Sample] = []
        for entry in journal.of_kind("process"):
            if entry["suite"] is None:
                continue
            place = f"{self.name}/{journals.NAME}"
            counts = entry["attempt"] == counting.get(entry["round"], entry["attempt"])
            target = self.manifest.curves[entry["curve"]].target
            for sample in samples_in(entry["suite"], place, target=target):
                found = Sample(
                    cell=sample.cell, target=target, round_index=entry["round"], attempt=entry["attempt"],
                    values=sample.values, warmups=sample.warmups, metadata=sample.metadata,
                )  # fmt: skip
                (good if counts else bad).append(found)
        return good, bad

    def load(self) -> list[Sample]:
        """Every sample that counts, checked against the manifest's digests; of a run that goes on, those so far.

        Raises
        ------
        ResultsError
            if a file is missing, changed or not what this study writes.
        """
        samples = self._samples()[0] if self.manifest.state == "measuring" else self._stored()
        seen = {(sample.target, sample.cell, sample.round_index) for sample in samples}
        if len(seen) != len(samples):
            raise ResultsError(f"{self.name}: a cell was measured twice in one round; restore the run (git checkout)")
        return samples

    def _stored(self) -> list[Sample]:
        samples = []
        for name, expected in self.manifest.files.items():
            where = f"{self.name}/{name}"
            if not NAME.match(name) or name in {".", ".."}:
                raise ResultsError(f"{where}: not a file name of this study")
            text = read_text(self.path / name, where)
            if digest(text) != expected:
                raise ResultsError(
                    f"{where}: changed since it was measured (its digest differs). Restore it (git checkout)"
                )
            if name != INVALID:
                samples += samples_in(parse_json(text, where), where)
        return samples


def run_folders(results: Path) -> list[Path]:
    """Every run folder under `results`: those with a manifest, oldest name first."""
    return sorted(path.parent for path in results.glob(f"*/*/{MANIFEST}"))


def unfinished(results: Path, machine: str) -> RunFolder | None:
    """The newest run of this machine that is not finished, or None."""
    for path in reversed([path for path in run_folders(results) if path.parent.name == machine]):
        folder = RunFolder.open(path)
        if folder.manifest.state == "measuring":
            return folder
        (path / journals.NAME).unlink(missing_ok=True)  # finishing was cut off after its last save
    return None


def remembered(path: Path) -> dict[str, Any]:
    """The JSON object in a small file of this study, or {} where there is none."""
    if not path.exists():
        return {}
    found = parse_json(read_text(path, path.name), path.name, remedy=". Remove it; it will be made again")
    if not isinstance(found, dict):
        raise ResultsError(f"{path.name}: not a JSON object. Remove it; it will be made again")
    return found
