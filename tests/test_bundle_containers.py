"""A bundle is, byte for byte, what this study writes; whatever a reader of zip files would make of another, it is refused."""

from __future__ import annotations

import io
import os
import struct
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from study.errors import ResultsError
from study.store import bundles, zipped
from tests import handed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
MEMBERS = {"m/r/manifest.json": b"{}", "m/r/a.json.gz": b"12345", "m/r/SHA256SUMS": b"sums"}
WHOLE = zipped.zipped(MEMBERS)
CENTRAL = WHOLE.index(b"PK\1\2")
"""Where the list of members begins."""
SECOND = WHOLE.index(b"PK\1\2", CENTRAL + 1)
END = len(WHOLE) - 22


def put(at: int, form: str, value: int, data: bytes = WHOLE) -> bytes:
    """The container with one number of its headers changed."""
    changed = bytearray(data)
    struct.pack_into(form, changed, at, value)
    return bytes(changed)


def renamed(name: str) -> bytes:
    """A container whose first member has this name, of whatever length."""
    return zipped.zipped({name: b"{}", "m/r/b": b"1"})


def by_another_program(method: int = zipfile.ZIP_STORED, *, link: bool = False, comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in MEMBERS.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = method
            member.create_system = 0  # else it writes the very bytes that we do
            member.external_attr = (0o120777 if link else 0o100644) << 16
            archive.writestr(member, content)
        archive.comment = comment
    return buffer.getvalue()


def in_zip64() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("m/r/manifest.json", "w", force_zip64=True) as file:
        file.write(b"{}")
    return buffer.getvalue()


def many() -> bytes:
    return zipped.zipped({f"m/r/{number}": b"" for number in range(1001)})


WRONG: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not a zip file"),
    "a zip file of nothing": (zipped.zipped({}), "not a zip file"),
    "a program before it": (b"#!/bin/sh\n" + WHOLE, "not a zip file"),
    "a byte after it": (WHOLE + b"\0", "something follows its end"),
    "a comment": (by_another_program(comment=b"hello"), "something follows its end"),
    "a comment that is not there": (put(END + 20, "<H", 5), "or one with a comment"),
    "of another program": (by_another_program(), "what this study writes"),
    "compressed": (by_another_program(zipfile.ZIP_DEFLATED), "compressed"),
    "a link": (by_another_program(link=True), "a member is a link"),
    "a folder": (put(CENTRAL + 38, "<L", 0o040755 << 16), "a member is no file"),
    "a device": (put(CENTRAL + 38, "<L", 0o020644 << 16), "a member is no file"),
    "a program": (put(CENTRAL + 38, "<L", 0o100755 << 16), "what this study writes"),
    "encrypted": (put(CENTRAL + 8, "<H", 1), "encrypted"),
    "of two sizes": (put(CENTRAL + 24, "<L", 3), "two sizes"),
    "of another checksum": (put(CENTRAL + 16, "<L", 1), "what this study writes"),
    "of another day": (put(CENTRAL + 14, "<H", 77), "what this study writes"),
    "fields of more": (put(CENTRAL + 30, "<H", 4), "fields that no bundle has"),
    "a member with a comment": (put(CENTRAL + 32, "<H", 4), "a comment"),
    "on another disk": (put(CENTRAL + 34, "<H", 1), "fields that no bundle has"),
    "another local header": (put(8, "<H", 8), "what this study writes"),
    "another local name": (WHOLE.replace(b"m/r/manifest", b"m/r/MANIFEST", 1), "what this study writes"),
    "a name of no member": (put(CENTRAL + 28, "<H", 60000), "no name that a member has"),
    "zip64 in its end": (put(END + 10, "<H", 0xFFFF), "zip64"),
    "zip64 in a member": (put(CENTRAL + 24, "<L", 0xFFFFFFFF), "zip64"),
    "zip64 of another program": (in_zip64(), "what this study writes|fields that no bundle has"),
    "members that overlap": (put(SECOND + 42, "<L", 0), "overlap"),
    "something hidden before a member": (put(SECOND + 42, "<L", 100), "hidden"),
    "a member beyond the end": (put(SECOND + 20, "<L", 10**6, put(SECOND + 24, "<L", 10**6)), "hidden|what this study"),
    "a list that lies elsewhere": (put(END + 16, "<L", 0), "does not lie where its end says"),
    "a list of more members": (put(END + 8, "<H", 4, put(END + 10, "<H", 4)), "is cut off"),
    "a list of fewer members": (put(END + 8, "<H", 2, put(END + 10, "<H", 2)), "what this study writes"),
    "part of several": (put(END + 4, "<H", 1), "part of a zip file"),
    "more members than any run has": (many(), "1001 members"),
}


@pytest.mark.parametrize(("data", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_container_of_another_form_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ResultsError, match=said):
        zipped.unzipped(data)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd", "/etc/passwd", "m/../manifest.json", "m/r/..", "m/r/../../x", "m/r/", "m//x", "m/r", "x", "",
        "m/r/s/x", "C:/r/x", "m\\r\\x", "m/r/x\\y", "m/r/x:stream", "m/r/x\0y", "m/r/X", "m/r/.hidden", "m/r/-rf", "M/r/x",
        "m/r/con", "con/r/x", "m/r/nul.json", "m/r/x.", "m/r./x", "m/r/x\n", "m/r/x y", "m/r/\x1b[2J", "m/r/sha256SUMS",
        "m/r/" + "x" * 300,
    ],
)  # fmt: skip
def test_a_member_has_a_harmless_name(name: str) -> None:
    with pytest.raises(ResultsError, match="no name that a member has") as told:
        zipped.unzipped(renamed(name))
    assert str(told.value).isprintable()


def test_names_that_differ_in_case_alone_are_one() -> None:
    wrong = zipped.zipped({"m/r/sha256sums": b"1", "m/r/SHA256SUMS": b"2"})
    with pytest.raises(ResultsError, match="stands twice, but for case"):
        zipped.unzipped(wrong)
    same = zipped.zipped({"m/r/aa": b"1", "m/r/ab": b"2"}).replace(b"m/r/ab", b"m/r/aa")
    with pytest.raises(ResultsError, match="stands twice"):
        zipped.unzipped(same)


@given(st.dictionaries(st.from_regex(r"m/r/[a-z][a-z0-9]{0,9}", fullmatch=True), st.binary(max_size=50), min_size=1))
def test_a_container_gives_back_its_members_in_their_order(members: dict[str, bytes]) -> None:
    assume(not any(zipped._DEVICE.match(part) for name in members for part in name.split("/")))
    made = zipped.zipped(members)
    assert list(zipped.unzipped(made).items()) == list(members.items())
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == members


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_container_with_any_byte_changed_is_refused(at: int, other: int) -> None:
    changed = bytearray(WHOLE)
    changed[at] ^= other
    with pytest.raises(ResultsError):
        zipped.unzipped(bytes(changed))


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_a_container_that_is_cut_off_anywhere_is_refused(length: int) -> None:
    with pytest.raises(ResultsError):
        zipped.unzipped(WHOLE[:length])


def test_a_bundle_with_any_byte_changed_is_refused(tmp_path: Path) -> None:
    whole = bundles.made(handed.finished(tmp_path / "r")).data
    path = tmp_path / "x.study"
    for at in range(0, len(whole), len(whole) // 150):
        changed = bytearray(whole)
        changed[at] ^= 1 << at % 8
        path.write_bytes(changed)
        with pytest.raises(ResultsError, match=r"^x\.study: "):
            bundles.opened(path)


def test_two_runs_in_one_bundle_are_refused(tmp_path: Path) -> None:
    members = handed.members_of(bundles.made(handed.finished(tmp_path / "r")).data)
    both = {f"{machine}/r/{name}": content for machine in ("a", "b") for name, content in members.items()}
    (tmp_path / "x.study").write_bytes(zipped.zipped(both))
    with pytest.raises(ResultsError, match="more than one run"):
        bundles.opened(tmp_path / "x.study")


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "LARGEST_BYTES", 1000)
    (tmp_path / "x.study").write_bytes(b"PK\3\4" + bytes(5000))
    with pytest.raises(ResultsError, match="larger than 1000 bytes"):
        bundles.opened(tmp_path / "x.study")


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere")


def nothing(path: Path) -> None:
    del path


@UNIX
@pytest.mark.parametrize("make", [a_fifo, a_device, a_folder, a_link_to_nothing, nothing])
def test_what_is_no_file_is_refused_with_what_to_do(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "x.study")
    with pytest.raises(ResultsError, match=r"x\.study: .*name a file that `nox -s bundle` wrote"):
        bundles.opened(tmp_path / "x.study")
