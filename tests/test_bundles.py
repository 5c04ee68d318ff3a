"""A run in one file: the same bytes wherever it is made, the same numbers wherever it is read, and nothing else in it."""

from __future__ import annotations

import base64
import getpass
import gzip
import hashlib
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study import store
from study.errors import ResultsError
from study.evidence import study_of
from study.sections import report_of
from study.store import bundles
from study.store.adding import add
from study.store.scrub import private_words
from tests import handed
from tests.builders import run_folder
from tests.known_claims import claims_text
from tests.known_experiments import EXPERIMENTS
from tests.known_run import measured
from tests.stored_run import store_run
from tests.test_store_reading import everything_in

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> store.RunFolder:
    return handed.finished(tmp_path_factory.mktemp("handed"))


@pytest.fixture(scope="module")
def data(run: store.RunFolder) -> bytes:
    return bundles.made(run).data


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
