"""What may be asked of a fleet, by which journal a command goes on, and when it begins anew."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from study import cli
from study.certificates import Certificates
from study.errors import ResultsError, UsageError
from study.fleet.journal import NAME, Added, Done, FleetJournal, Made, Seen, journal_of, now_text
from study.fleet.wish import FleetWish, wish_of
from study.fleet.words import Finished

if TYPE_CHECKING:
    from pathlib import Path

HOST = "0123456789abcdef"
BUNDLE = Finished(name="node-a-20260131t120000z-01234567-0123456789ab.study", sha256="0" * 64, size=7)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "client.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\n", encoding="ascii")
    return path


def typed(certificate: Path, *words: str, scheduler: str = "tls://10.0.0.1:8786") -> FleetWish:
    tls = [word for name in ("ca", "cert", "key") for word in (f"--tls-{name}", str(certificate))]
    return wish_of(cli._parser().parse_args(["fleet", "--scheduler", scheduler, *tls, *words]), root=cli.ROOT)


def test_what_is_typed_behind_the_dashes_is_for_the_hosts(certificate: Path, tmp_path: Path) -> None:
    words = ("--budget", "2m", "--hosts", "a", "b", "--", "--only", "q3", "--peers")
    wish = typed(certificate, "--results", str(tmp_path), *words)
    assert wish.options == ("--only", "q3", "--peers")
    assert wish.hosts == ("a", "b")
    assert wish.budget_s == 120.0
    assert not wish.simulated
    assert typed(certificate).options == ()
    assert typed(certificate).results == cli.ROOT / "results"
    assert typed(certificate).journal == cli.ROOT / "fleet"


@pytest.mark.parametrize(
    ("scheduler", "told"),
    [
        ("tcp://10.0.0.1:8786", r"not encrypted.*runs programs on every host.*tls://HOST:PORT"),
        ("10.0.0.1:8786", "not encrypted"),
        ("tls://10.0.0.1", "no address"),
        ("tls://10.0.0.1:99999", "no address"),
        ("tls://user@host:1", "no address"),
        ("tls://10.0.0..1:8786", "no address"),
        ("tls://.lab:8786", "no address"),
        (f"tls://{'a' * 64}.lab:8786", "no address"),
    ],
)
def test_a_scheduler_is_reached_encrypted_or_not_at_all(certificate: Path, scheduler: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        typed(certificate, scheduler=scheduler)


@pytest.mark.parametrize("scheduler", ["tls://node.lab:8786", "tls://[fe80::1%eth0]:8786", "tls://10.0.0.1:8786/"])
def test_an_address_may_be_a_name_or_of_either_kind(certificate: Path, scheduler: str) -> None:
    assert typed(certificate, scheduler=scheduler).scheduler == scheduler.rstrip("/")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--machine", "x"], r"--machine cannot stand there.*--name NAME"),
        (["--mach", "x"], "--machine cannot stand there"),
        (["--results", "/r"], r"write --results before the --"),
        (["--budget", "1m"], r"write --budget before the --"),
        (["--lock", "/r"], "each host has its own"),
        (["--fresh"], "write --fresh before the --"),
        (["--nonsense"], r"behind --.*--nonsense"),
        (["--budget", "soon"], r"behind --.*soon"),
        (["stray"], r"behind --.*stray"),
    ],
)
def test_what_a_host_cannot_be_told_is_refused_before_a_host_is_asked(
    certificate: Path, words: list[str], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        typed(certificate, "--", *words)


def test_made_up_times_do_not_go_to_the_project_s_own_results(certificate: Path, tmp_path: Path) -> None:
    for results in ([], ["--results", str(cli.ROOT / "results")]):
        with pytest.raises(UsageError, match="outside results/"):
            typed(certificate, *results, "--", "--simulated")
    assert typed(certificate, "--results", str(tmp_path), "--", "--simulated").simulated


def test_a_certificate_that_is_none_is_named_with_its_option(certificate: Path, tmp_path: Path) -> None:
    words = ["fleet", "--scheduler", "tls://h:1", "--tls-ca", str(certificate), "--tls-cert", str(certificate)]
    (tmp_path / "empty").touch()
    for key in (tmp_path / "empty", tmp_path / "missing", tmp_path):
        with pytest.raises(UsageError, match=rf"--tls-key {key}: .*README"):
            wish_of(cli._parser().parse_args([*words, "--tls-key", str(key)]), root=cli.ROOT)


@pytest.fixture
def wish(tmp_path: Path, certificate: Path) -> FleetWish:
    tls = Certificates(authority=certificate, certificate=certificate, key=certificate)
    return FleetWish(
        scheduler="tls://h:1",
        certificates=tls,
        budget_s=60.0,
        results=tmp_path / "results",
        journal=tmp_path / "journal",
        options=("--only", "q3"),
    )


def filled(journal: FleetJournal) -> FleetJournal:
    journal.write(Seen(host=HOST, label="node-a", at=now_text()))
    journal.write(Made(host=HOST, bundle=BUNDLE, at=now_text()))
    return journal


def test_the_same_command_goes_on_with_its_fleet_until_that_is_done(wish: FleetWish) -> None:
    first = filled(journal_of(wish))
    again = journal_of(replace(wish, scheduler="tls://other:2", hosts=("node-a",)))
    assert (again.fleet, again.labels, again.made, again.added) == (first.fleet, {HOST: "node-a"}, {HOST: BUNDLE}, {})
    again.write(Added(host=HOST, sha256=BUNDLE.sha256, run="node-a/x", at=now_text()))
    assert journal_of(wish).added[HOST].run == "node-a/x"
    again.write(Done(at=now_text()))
    anew = journal_of(wish)
    assert anew.fleet != first.fleet
    assert anew.labels == {}


@pytest.mark.parametrize("change", [{"options": ()}, {"budget_s": 61.0}, {"spool": "/s"}, {"fresh": True}])
def test_another_command_begins_a_fleet_of_its_own(wish: FleetWish, change: dict[str, object]) -> None:
    first = filled(journal_of(wish))
    assert journal_of(replace(wish, **change)).fleet != first.fleet  # type: ignore[arg-type]
    assert first.path.exists()


def test_only_what_was_begun_can_be_collected(wish: FleetWish) -> None:
    with pytest.raises(UsageError, match="--collect"):
        journal_of(replace(wish, collect=True))
    first = filled(journal_of(wish))
    first.write(Done(at=now_text()))
    assert journal_of(replace(wish, collect=True)).fleet == first.fleet


def test_a_line_that_was_cut_off_is_passed_over_and_taken_away_by_the_next(wish: FleetWish) -> None:
    first = filled(journal_of(wish))
    whole = first.path.read_bytes()
    for length in range(len(whole[:-1].rpartition(b"\n")[0]) + 1, len(whole)):
        first.path.write_bytes(whole[:length])
        assert FleetJournal(first.folder).made == {}
    torn = b'{"kind":"added","ho'
    first.path.write_bytes(whole + torn)
    again = journal_of(wish)
    assert again.added == {}
    again.write(Done(at=now_text()))
    assert first.path.read_bytes().startswith(whole + b'{"kind":"done"')
    assert [json.loads(line)["kind"] for line in first.path.read_text("utf-8").splitlines()] == [
        *("begun", "host", "made", "done")
    ]


@pytest.mark.parametrize(
    "line",
    [
        b'{"kind":"made","host":"../../x","bundle":{},"at":""}',
        b'{"kind":"made","host":"0123456789abcdef","at":"","bundle":{"name":"../x.study","sha256":"","size":1}}',
        b'{"kind":"other"}',
        b"\xff",
        b"[]",
    ],
)
def test_a_journal_that_is_not_ours_is_told_with_its_line(wish: FleetWish, line: bytes) -> None:
    first = filled(journal_of(wish))
    before = first.path.read_bytes()
    first.path.write_bytes(before + line + b"\n")
    with pytest.raises(ResultsError, match=rf"{NAME}, line 4: .*--journal DIR.*--fresh"):
        journal_of(wish)
    assert first.path.read_bytes() == before + line + b"\n"
    assert journal_of(replace(wish, fresh=True)).labels == {}


def test_a_journal_of_another_fleet_is_refused(wish: FleetWish) -> None:
    first = filled(journal_of(wish))
    first.folder.rename(first.folder.with_name("20200101t000000z-00000000"))
    with pytest.raises(ResultsError, match="does not begin as a journal"):
        journal_of(wish)


def test_a_fetched_bundle_counts_only_whole(wish: FleetWish) -> None:
    journal = filled(journal_of(wish))
    assert journal.bundle(HOST) is None
    journal.keep_bundle(HOST, b"another")
    assert journal.bundle(HOST) is None
