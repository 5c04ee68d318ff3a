"""Digests of sources: what changes them, and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.identity import digest_of, digest_of_files, filled, fingerprint, fits, latest

if TYPE_CHECKING:
    from pathlib import Path


def test_contents_and_names_make_the_digest_of_files_and_line_ends_and_order_do_not(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"a\nb\n")
    other.write_bytes(b"c\n")
    found = digest_of_files(tmp_path, [one, other])
    assert digest_of_files(tmp_path, [other, one]) == found
    one.write_bytes(b"a\r\nb\r\n")
    assert digest_of_files(tmp_path, [one, other]) == found
    one.write_bytes(b"a\nB\n")
    assert digest_of_files(tmp_path, [one, other]) != found
    one.write_bytes(b"a\nb\n")
    one.rename(tmp_path / "renamed")
    assert digest_of_files(tmp_path, [tmp_path / "renamed", other]) != found


def test_the_order_of_keys_is_no_part_of_a_digest_and_that_of_a_list_is() -> None:
    assert digest_of({"a": 1, "b": [1, 2]}) == digest_of({"b": [1, 2], "a": 1})
    assert digest_of([1, 2]) != digest_of([2, 1])


def test_of_what_varies_on_one_machine_the_newest_run_is_believed() -> None:
    gib = 2**30
    newer = fingerprint({"cpu_model": "AMD EPYC", "memory_bytes": 100 * gib})
    older = fingerprint({"cpu_model": "amd epyc", "memory_bytes": 102 * gib, "logical_cpus": 8})
    assert fits(newer, older)
    assert filled(newer, older) == fingerprint({"cpu_model": "AMD EPYC", "memory_bytes": 100 * gib, "logical_cpus": 8})
    assert latest([newer, older]) == filled(newer, older)
