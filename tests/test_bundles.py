"""A run in one file: the same bytes wherever it is made, the same numbers wherever it is read, and nothing else in it."""

from __future__ import annotations

import base64
import getpass
import gzip
import hashlib
import io
import json
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study import store
from study.errors import ResultsError
from study.evidence import study_of
from study.sections import report_of
from study.store import bundles
from study.store.adding import add
from study.store.scrub import private_words
from study.store.summary import bond
from study.store.zipped import zipped
from tests import handed
from tests.builders import run_folder
from tests.known_claims import claims_text
from tests.known_experiments import EXPERIMENTS
from tests.known_run import measured
from tests.stored_run import store_run
from tests.test_hostile_results import WRONG, set_key
from tests.test_store_reading import everything_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent


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


def test_a_bundle_has_the_same_bytes_each_time_and_its_name_says_of_what_and_which(run: store.RunFolder) -> None:
    first, second = bundles.made(run), bundles.made(store.RunFolder.open(run.path))
    assert first == second
    assert first.digest == hashlib.sha256(first.data).hexdigest()
    assert first.name == f"laptop-{run.id}-{first.digest[:12]}.study"
    assert list(first.members) == ["manifest.json", handed.SUITE, "summary.json", "SHA256SUMS"]


def test_what_a_file_system_tells_of_a_file_is_not_in_it(run: store.RunFolder, tmp_path: Path) -> None:
    copied = tmp_path / "laptop" / run.id
    shutil.copytree(run.path, copied)
    for path in copied.iterdir():
        path.chmod(0o600)
        os.utime(path, (1.0, 1.0))
    (copied / "log.txt").write_text("what a program printed")
    assert bundles.made(store.RunFolder.open(copied)) == bundles.made(run)


def test_readers_of_zip_files_read_it_and_find_no_time_and_no_owner(data: bytes, run: store.RunFolder) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        for member in archive.infolist():
            assert member.filename.startswith(f"laptop/{run.id}/")
            assert member.date_time == (1980, 1, 1, 0, 0, 0)
            assert not member.extra
            assert not member.comment
        sums = archive.read(f"laptop/{run.id}/SHA256SUMS").decode()
    assert all(re.fullmatch(r"[0-9a-f]{64}  \S+", line) for line in sums.splitlines())


def test_a_bundle_holds_the_run_and_reading_it_writes_nothing(
    run: store.RunFolder, data: bytes, tmp_path: Path
) -> None:
    (tmp_path / "x.study").write_bytes(data)
    before = everything_in(tmp_path)
    found = bundles.opened(tmp_path / "x.study")
    assert (found.machine, found.id, found.name) == (run.machine, run.id, run.name)
    assert found.contributed
    assert found.manifest == run.manifest
    assert found.load() == run.load()
    assert store.summary_of_folder(found).targets == store.summary_of_folder(run).targets
    assert everything_in(tmp_path) == before


def test_a_bundle_named_through_a_link_is_read(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "real.study").write_bytes(data)
    (tmp_path / "link.study").symlink_to("real.study")
    assert bundles.opened(tmp_path / "link.study").machine == "laptop"


def test_a_suite_that_was_packed_anew_with_a_name_in_it_is_bundled_without(
    run: store.RunFolder, data: bytes, tmp_path: Path
) -> None:
    copied = tmp_path / "laptop" / run.id
    shutil.copytree(run.path, copied)
    text = gzip.decompress((copied / handed.SUITE).read_bytes())
    with gzip.GzipFile(copied / handed.SUITE, "wb", mtime=1e9) as file:
        file.write(text)
    assert b"q5.one" in (copied / handed.SUITE).read_bytes()
    assert bundles.made(store.RunFolder.open(copied)).data == data


def test_a_run_without_a_summary_or_with_a_wrong_one_is_bundled_with_the_right_one(
    run: store.RunFolder, data: bytes, tmp_path: Path
) -> None:
    copied = tmp_path / "laptop" / run.id
    shutil.copytree(run.path, copied)
    right = (copied / "summary.json").read_bytes()
    for wrong in (None, b"{}", right.replace(b'"values":3', b'"values":4')):
        (copied / "summary.json").unlink(missing_ok=True)
        if wrong is not None:
            assert wrong != right
            (copied / "summary.json").write_bytes(wrong)
        assert bundles.made(store.RunFolder.open(copied)).data == data


def test_only_a_finished_run_is_bundled(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"still being measured.* run the same study again"):
        bundles.made(run_folder(tmp_path))


def test_a_run_that_is_damaged_is_not_bundled_and_the_message_says_which_file(tmp_path: Path) -> None:
    run = handed.finished(tmp_path)
    path = run.path / handed.SUITE
    path.write_bytes(store.files.compress(gzip.decompress(path.read_bytes()).decode().replace("1.5", "1.4")))
    with pytest.raises(ResultsError, match=rf"{handed.SUITE}: changed since it was measured.*git checkout"):
        bundles.made(store.RunFolder.open(run.path))


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


def test_digests_that_do_not_fit_are_refused(data: bytes, tmp_path: Path) -> None:
    members = {f"laptop/run/{name}": content for name, content in handed.members_of(data).items()}
    members["laptop/run/SHA256SUMS"] = members["laptop/run/SHA256SUMS"].replace(b"  manifest", b" *manifest")
    with pytest.raises(ResultsError, match="SHA256SUMS: not the digests"):
        opened(zipped(members), tmp_path)


@pytest.fixture
def canaries(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, ...]]:
    """A host, a user, a home, an address and variables that stand nowhere else; `scrub` takes them for this machine's."""
    words = ("zebrahost", "yakuser", "/home/yakuser/xenops", "wombatsecret", "203.0.113.77")
    monkeypatch.setattr(socket, "gethostname", lambda: "zebrahost.example")
    monkeypatch.setattr(socket, "getfqdn", lambda: "zebrahost.example")
    monkeypatch.setattr(getpass, "getuser", lambda: "yakuser")
    for name, value in (("HOME", words[2]), ("USER", words[1]), ("LOGNAME", words[1]), ("HOSTNAME", words[0])):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WOMBAT_TOKEN", words[3])
    monkeypatch.setenv("SSH_CLIENT", f"{words[4]} 50022 22")
    private_words.cache_clear()
    yield words
    private_words.cache_clear()


def spellings(word: str) -> Iterator[bytes]:
    """The word as bytes in UTF-8 and UTF-16, in either case, and in base64 wherever it may begin."""
    for text in (word, word.upper()):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            yield text.encode(encoding)
        for before in range(3):
            whole = base64.b64encode(b"x" * before + text.encode())
            yield whole[4 if before else 0 : -4]


def inflated(data: bytes) -> Iterator[bytes]:
    """A bundle, its members, and what they hold."""
    yield data
    for content in handed.members_of(data).values():
        yield content
        if content.startswith(b"\x1f\x8b"):
            yield gzip.decompress(content)


def test_nothing_in_a_bundle_names_host_user_home_path_address_or_environment(
    canaries: tuple[str, ...], tmp_path: Path
) -> None:
    """A study in an environment full of canaries, with a cell that failed and printed them all; then its bundle."""
    results = tmp_path / "yakuser-results"
    study = [sys.executable, "-m", "study"]
    wishes = ["--simulated", "--results", str(results), "--budget", "2m", "--only", "q6"]
    done = subprocess.run([*study, "run", *wishes], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = store.run_folders(results)
    folder = store.RunFolder.open(path)
    failed = folder.manifest.cells[-1]
    printed = f"at {canaries[2]}/secret.py on {canaries[0]} as {canaries[1]} from {canaries[4]}"
    failed.state, failed.reason = "left out", store.scrub(printed)
    assert failed.reason
    folder.log(printed)
    folder.save()
    (folder.path / "summary.json").unlink()
    data = bundles.made(store.RunFolder.open(path)).data
    for content in inflated(data):
        for word in (*canaries, str(results), tmp_path.name):
            for spelt in spellings(word):
                assert spelt not in content, spelt


def test_a_canary_that_is_there_is_found(canaries: tuple[str, ...], tmp_path: Path) -> None:
    """The search of the test before finds a word in a suite, packed as it is."""
    run = handed.finished(tmp_path)
    run.manifest.cells[0].reason = f"base64 {base64.b64encode(b'..' + canaries[0].encode()).decode()}"
    run.save()
    (run.path / "summary.json").unlink()
    data = bundles.made(run).data
    assert any(spelt in content for content in inflated(data) for spelt in spellings(canaries[0]))


def test_a_run_that_was_handed_over_gives_the_same_numbers_in_the_report_of_another_house(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    path = store_run(here, {**EXPERIMENTS, "claims": claims_text()}, measured)
    bundle = handed.written(store.RunFolder.open(path), tmp_path)
    assert add(there, bundle).run == store.run_name(path)
    reports = [report_of(study_of(results, ROOT, store.run_name(path), lock_digest="")) for results in (here, there)]
    files = [{file.name: file.rows for section in report.sections for file in section.files} for report in reports]
    assert len(files[0]) >= 10
    assert files[0] == files[1]
    assert bundles.made(store.RunFolder.open(there / path.parent.name / path.name)).data == bundle.read_bytes()
