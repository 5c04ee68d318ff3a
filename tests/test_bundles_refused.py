"""What a stranger made of a bundle is refused with the reason: in its manifest, suites, summary and members."""

from __future__ import annotations

import gzip
import io
import json
import math
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.errors import ResultsError
from study.store import bundles
from study.store.summary import bond
from study.store.zipped import zipped
from tests import handed
from tests.test_hostile_results import WRONG, set_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> store.RunFolder:
    return handed.finished(tmp_path_factory.mktemp("handed"))


@pytest.fixture(scope="module")
def data(run: store.RunFolder) -> bytes:
    return bundles.made(run).data


def opened(data: bytes, folder: Path) -> bundles.Bundled:
    path = folder / "x.study"
    path.write_bytes(data)
    return bundles.opened(path)


def test_a_suite_with_metadata_that_no_study_keeps_is_neither_bundled_nor_taken(
    run: store.RunFolder, data: bytes, tmp_path: Path
) -> None:
    raw = json.loads(gzip.decompress((run.path / handed.SUITE).read_bytes()))
    raw["benchmarks"][0]["runs"][0]["metadata"]["hostname"] = "myhost"
    with pytest.raises(ResultsError, match="metadata 'hostname' is none that this study keeps"):
        opened(handed.with_suite(data, json.dumps(raw)), tmp_path)
    copied = tmp_path / "laptop" / run.id
    shutil.copytree(run.path, copied)
    manifest = (
        (copied / "manifest.json").read_text().replace(run.manifest.files[handed.SUITE], store.digest(json.dumps(raw)))
    )
    (copied / "manifest.json").write_text(manifest)
    (copied / handed.SUITE).write_bytes(store.files.compress(json.dumps(raw)))
    assert store.RunFolder.open(copied).load()
    with pytest.raises(ResultsError, match=r"cannot be handed over: .*metadata 'hostname'"):
        bundles.made(store.RunFolder.open(copied))
    raw["benchmarks"][0]["runs"][0]["metadata"].pop("hostname")
    raw["benchmarks"][0]["surprise"] = 1
    with pytest.raises(ResultsError, match="surprise"):
        opened(handed.with_suite(data, json.dumps(raw)), tmp_path)


@pytest.mark.parametrize(("keys", "value", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_bundle_with_one_wrong_value_in_its_manifest_is_refused_with_its_key(
    data: bytes, tmp_path: Path, keys: tuple[str | int, ...], value: object, said: str
) -> None:
    with pytest.raises(ResultsError, match=said) as told:
        opened(handed.with_manifest(data, set_key(*keys, to=value)), tmp_path)
    assert str(told.value).startswith("x.study: ")
    assert "git checkout" not in str(told.value)


VALUES = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-1.0",
    "0.0",
    "-0.0",
    "5e-324",
    "true",
    '"1"',
    "null",
    "9e7",
    "[1.0]",
)


@pytest.mark.parametrize("value", VALUES)
def test_a_bundle_with_a_time_that_is_no_time_is_refused(data: bytes, tmp_path: Path, value: str) -> None:
    text = suite_of(data).replace("1.5", value, 1)
    assert text != suite_of(data)
    with pytest.raises(ResultsError, match=r"^x\.study: "):
        opened(handed.with_suite(data, text), tmp_path)


def suite_of(data: bytes) -> str:
    return gzip.decompress(handed.members_of(data)[handed.SUITE]).decode()


SUITES: dict[str, Callable[[str], str]] = {
    "another unit": lambda text: text.replace('"second"', '"byte"'),
    "a unit that is none": lambda text: text.replace('"second"', '"minute"'),
    "no unit": lambda text: text.replace('"unit":"second"', '"loops":4', 1),
    "a key that stands twice": lambda text: text.replace("{", '{"version":"1.0",', 1),
    "half a character": lambda text: text.replace('"second"', '"\\ud800"'),
    "a mark of byte order": lambda text: f"\ufeff{text}",
    "lists without end": lambda text: "[" * 100_000 + text,
    "a number of many digits": lambda text: text.replace("1.5", "1" * 5000, 1),
    "a whole number beyond 64 bits": lambda text: text.replace("1.5", str(2**70), 1),
    "more values than any": lambda text: text.replace("1.5", ",".join(["1.5"] * 2_100_000), 1),
    "fewer values in one process": lambda text: text.replace("1.5,", "", 1),
    "a cell that was not planned": lambda text: text.replace("tasks=5", "tasks=6"),
    "the times of no run": lambda text: '{"version":"1.0","benchmarks":[]}',
    "no JSON": lambda text: "\x80\x04\x95 a pickle's beginning",
    "nothing": lambda text: "",
}


@pytest.mark.parametrize("change", SUITES.values(), ids=SUITES.keys())
def test_a_bundle_with_a_suite_that_no_study_wrote_is_refused(
    data: bytes, tmp_path: Path, change: Callable[[str], str]
) -> None:
    text = change(suite_of(data))
    assert text != suite_of(data)
    with pytest.raises(ResultsError, match=r"^x\.study: "):
        opened(handed.with_suite(data, text), tmp_path)


def test_a_suite_of_attempts_that_do_not_count_is_looked_at_as_well(tmp_path: Path) -> None:
    run = handed.finished(tmp_path)
    data = bundles.made(run).data
    members = handed.members_of(data)
    for text, said in ((suite_of(data), "summary.json"), ("{}", "invalid.json.gz"), ("hello", "invalid.json.gz")):
        raw = json.loads(members["manifest.json"])
        raw["files"] = {"invalid.json.gz": store.digest(text), **raw["files"]}
        packed = {"manifest.json": json.dumps(raw).encode(), "invalid.json.gz": store.files.compress(text)}
        rest = {name: content for name, content in members.items() if name not in packed}
        with pytest.raises(
            ResultsError, match=said
        ):  # of the first the suite is right, and the summary of another manifest
            opened(handed.packed({**packed, **rest}), tmp_path)


def named_gzip(text: bytes) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile("of-somebody", "wb", fileobj=buffer, mtime=0) as file:
        file.write(text)
    return buffer.getvalue()


PACKED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a bomb": (lambda text: store.files.compress(" " * 60_000_000), "larger than"),
    "a small bomb": (lambda text: gzip.compress(b" " * 1_100_000, 9, mtime=0), "larger than|not compressed"),
    "a name in it": (named_gzip, "not compressed as this study does it"),
    "a time in it": (lambda text: gzip.compress(text, mtime=1e9), "not compressed as this study does it"),
    "something after it": (lambda text: store.files.compress(text.decode()) + b"more", "something follows its end"),
    "two streams": (lambda text: store.files.compress(text.decode()) * 2, "something follows its end"),
    "cut off": (lambda text: store.files.compress(text.decode())[:-3], "cut off"),
    "damaged": (lambda text: store.files.compress(text.decode())[:20] + bytes(40), "cannot be unpacked|cut off"),
    "not packed": (lambda text: text, "not compressed as this study does it"),
    "nothing": (lambda text: b"", "not compressed as this study does it"),
}


@pytest.mark.parametrize(("pack", "said"), PACKED.values(), ids=PACKED.keys())
def test_a_suite_is_one_stream_that_has_nothing_beside_it(
    data: bytes, tmp_path: Path, pack: Callable[[bytes], bytes], said: str
) -> None:
    with pytest.raises(ResultsError, match=said):
        opened(handed.with_suite(data, pack(suite_of(data).encode())), tmp_path)


def test_a_run_that_goes_on_or_a_newer_schema_is_no_bundle(data: bytes, tmp_path: Path) -> None:
    def goes_on(raw: dict[str, Any]) -> None:
        raw |= {"state": "measuring", "finished": ""}

    for change, said in ((goes_on, "still being measured"), (set_key("schema", to=2), "newer version of the study")):
        with pytest.raises(ResultsError, match=said):
            opened(handed.with_manifest(data, change), tmp_path)


def forged(summary: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    raw = json.loads(summary)
    change(raw)
    return json.dumps(raw).encode()


def faster(raw: dict[str, Any]) -> None:
    raw["targets"][0]["rows"][0][1] += 1e-4


def calmer(raw: dict[str, Any]) -> None:
    raw["targets"][0]["rows"][0][2] /= 2.0


def more(raw: dict[str, Any]) -> None:
    raw["targets"][0]["rows"][0][3] += 1


def fewer(raw: dict[str, Any]) -> None:
    raw["targets"][0]["rows"].pop()


FORGED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a faster cell": faster,
    "a calmer cell": calmer,
    "more processes": more,
    "a cell less": fewer,
    "another machine": set_key("head", "machine", to={}),
    "more rounds": set_key("head", "rounds", to=9),
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED.keys())
def test_a_summary_that_does_not_follow_from_the_times_is_refused(
    data: bytes, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    members = handed.members_of(data)
    wrong = handed.packed({**members, "summary.json": forged(members["summary.json"], change)})
    with pytest.raises(ResultsError, match=r"summary\.json: does not follow from the times"):
        opened(wrong, tmp_path)


def test_a_summary_in_whose_last_digits_another_machine_differs_is_taken(data: bytes, tmp_path: Path) -> None:
    members = handed.members_of(data)

    def change(raw: dict[str, Any]) -> None:
        row = raw["targets"][0]["rows"][0]
        row[1], row[2] = math.nextafter(row[1], 9.0), math.nextafter(row[2], 9.0)

    found = opened(handed.packed({**members, "summary.json": forged(members["summary.json"], change)}), tmp_path)
    assert found.machine == "laptop"


def test_a_summary_of_another_manifest_is_refused(data: bytes, tmp_path: Path) -> None:
    members = handed.members_of(data)
    wrong = members["summary.json"].replace(bond(members["manifest.json"]).encode(), bond(b"another").encode())
    with pytest.raises(ResultsError, match="made of another one") as told:
        opened(handed.packed({**members, "summary.json": wrong}), tmp_path)
    assert "remove it" not in str(told.value)


MEMBERS: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
    "a log": lambda members: {**members, "log.txt": b"what was printed"},
    "a program": lambda members: {"evil.py": b"import os", **members},
    "no suite": lambda members: {name: content for name, content in members.items() if name != handed.SUITE},
    "no summary": lambda members: {name: content for name, content in members.items() if name != "summary.json"},
    "no manifest": lambda members: {name: content for name, content in members.items() if name != "manifest.json"},
    "another order": lambda members: dict(reversed(members.items())),
    "an empty manifest": lambda members: {**members, "manifest.json": b""},
    "a manifest that is no text": lambda members: {**members, "manifest.json": b"\xff\xfe"},
    "a manifest of another kind": lambda members: {**members, "manifest.json": b"[1]"},
    "a large manifest": lambda members: {**members, "manifest.json": b" " * (9 * 2**20)},
    "a large summary": lambda members: {**members, "summary.json": b" " * (5 * 2**20)},
}


@pytest.mark.parametrize("change", MEMBERS.values(), ids=MEMBERS.keys())
def test_a_bundle_has_the_members_of_its_run_and_no_other(
    data: bytes, tmp_path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]]
) -> None:
    with pytest.raises(ResultsError, match=r"^x\.study: "):
        opened(handed.packed(change(handed.members_of(data))), tmp_path)


def test_times_of_another_run_are_refused(data: bytes, tmp_path: Path) -> None:
    other = handed.members_of(bundles.made(handed.finished(tmp_path / "other", rounds=4)).data)
    members = {**handed.members_of(data), handed.SUITE: other[handed.SUITE]}
    with pytest.raises(ResultsError, match="changed since it was measured"):
        opened(handed.packed(members), tmp_path)
    members = {**handed.members_of(data), "manifest.json": other["manifest.json"]}
    with pytest.raises(ResultsError, match="changed since it was measured"):
        opened(handed.packed(members), tmp_path)


def test_digests_that_do_not_fit_are_refused(data: bytes, tmp_path: Path) -> None:
    members = {f"laptop/run/{name}": content for name, content in handed.members_of(data).items()}
    members["laptop/run/SHA256SUMS"] = members["laptop/run/SHA256SUMS"].replace(b"  manifest", b" *manifest")
    with pytest.raises(ResultsError, match="SHA256SUMS: not the digests"):
        opened(zipped(members), tmp_path)


def test_nobody_is_told_to_remove_a_large_file_of_their_own(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.truncate(bundles.LARGEST_BYTES + 1)
    with pytest.raises(ResultsError, match=r"film\.mp4: .*; name a file that `nox -s bundle` wrote$") as raised:
        bundles.opened(film)
    assert "Remove" not in str(raised.value)
