"""The container of a bundle: a zip file of which every byte follows from the names and contents of its members.

Members are stored as they are: what a compressor makes of them differs from one build of zlib to the next. So a container
is checked by making it anew. What is not, byte for byte, what this study writes is refused, whatever a reader of zip files
would make of it; the checks before that one say what it is.
"""

from __future__ import annotations

import re
import stat
import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

from study.errors import ResultsError, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_MEMBERS = 1000
"""The fullest run so far has 300 files."""
_NAME = re.compile(r"(?:[a-z0-9][a-z0-9._+-]{0,199}/){2}(?:[a-z0-9][a-z0-9._+-]{0,199}|SHA256SUMS)", re.ASCII)
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)|.*\.\Z", re.ASCII)
"""Names that Windows gives to no file."""
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL_SIGN, _CENTRAL_SIGN, _END_SIGN = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_VERSION = 20
_UNIX = 3 << 8
_FIRST_DAY = 1 << 5 | 1
"""1 January 1980, the first day of all zip files."""
_FILE = (stat.S_IFREG | 0o644) << 16
_ELSEWHERE_16, _ELSEWHERE_32 = 0xFFFF, 0xFFFFFFFF
"""What stands where the real number lies elsewhere (zip64)."""


class _Record(NamedTuple):
    """A member as the directory at the end has it."""

    signature: bytes
    made_by: int
    version: int
    flags: int
    method: int
    time: int
    date: int
    checksum: int
    packed: int
    size: int
    name_length: int
    extra: int
    comment: int
    disk: int
    internal: int
    external: int
    offset: int


def zipped(members: Mapping[str, bytes]) -> bytes:
    """The container of these members, in their order."""
    files, directory = bytearray(), bytearray()
    for name, data in members.items():
        written = name.encode("ascii")
        common = (_VERSION, 0, 0, 0, _FIRST_DAY, zlib.crc32(data), len(data), len(data), len(written), 0)
        directory += _CENTRAL.pack(_CENTRAL_SIGN, _UNIX | _VERSION, *common, 0, 0, 0, _FILE, len(files)) + written
        files += _LOCAL.pack(_LOCAL_SIGN, *common) + written + data
    end = _END.pack(_END_SIGN, 0, 0, len(members), len(members), len(directory), len(files), 0)
    return bytes(files + directory + end)


def unzipped(data: bytes) -> dict[str, bytes]:
    """The members of a container, in their order.

    Raises
    ------
    ResultsError
        if it is not, byte for byte, what `zipped` makes of them.
    """
    members: dict[str, bytes] = {}
    known: set[str] = set()
    place = 0
    for name, record in _records(data):
        if name.casefold() in known:
            raise ResultsError(f"the member {name!r} stands twice, but for case")
        known.add(name.casefold())
        if record.offset != place:
            raise ResultsError(f"before the member {name!r} something is hidden, or members overlap")
        begin = place + _LOCAL.size + len(name)
        place = begin + record.size
        members[name] = data[begin:place]
    if zipped(members) != data:
        raise ResultsError("it is not, byte for byte, what this study writes: damaged, or made by another program")
    return members


def _records(data: bytes) -> Iterator[tuple[str, _Record]]:
    """Name and record of each member, as the directory at the end has them."""
    if not data.startswith(_LOCAL_SIGN):
        raise ResultsError("not a zip file, as bundles are")
    if len(data) < _END.size or data[-_END.size : -_END.size + 4] != _END_SIGN:
        raise ResultsError("cut off, or something follows its end")
    _, disk, first_disk, here, total, size, offset, comment = _END.unpack(data[-_END.size :])
    if _ELSEWHERE_16 in {here, total} or _ELSEWHERE_32 in {size, offset}:
        raise ResultsError("a zip64 file, which no bundle needs to be")
    if disk or first_disk or here != total or comment:
        raise ResultsError("part of a zip file, or one with a comment")
    if not 0 < total <= MOST_MEMBERS:
        raise ResultsError(f"{total} members; a bundle has up to {MOST_MEMBERS}")
    if offset + size + _END.size != len(data):
        raise ResultsError("its list of members does not lie where its end says")
    place = offset
    for _ in range(total):
        if place + _CENTRAL.size > len(data) - _END.size:
            raise ResultsError("its list of members is cut off")
        record = _Record(*_CENTRAL.unpack_from(data, place))
        place += _CENTRAL.size
        yield _named(data[place : place + record.name_length]), _plain(record)
        place += record.name_length


def _named(written: bytes) -> str:
    """A member's name: two folders and a file, of harmless characters."""
    name = written.decode("ascii", "replace")
    if not _NAME.fullmatch(name) or any(_DEVICE.match(part) for part in name.split("/")):
        raise ResultsError(f"{printable(repr(name), 100)} is no name that a member has")
    return name


def _plain(record: _Record) -> _Record:
    """The record itself, of a plain file that is stored as it is."""
    kind = stat.S_IFMT(record.external >> 16)
    odd = {
        "its list of members is damaged": record.signature != _CENTRAL_SIGN,
        "a member is encrypted": record.flags & 1,
        "a member is compressed, where bundles store them": record.method,
        "a zip64 file, which no bundle needs to be": _ELSEWHERE_32 in {record.packed, record.size, record.offset},
        "a member has two sizes": record.packed != record.size,
        "a member has a comment, or fields that no bundle has": record.extra or record.comment or record.disk,
        "a member is a link": kind == stat.S_IFLNK,
        "a member is no file": kind not in {stat.S_IFREG, 0},
    }
    wrong = next((what for what, applies in odd.items() if applies), "")
    if wrong:
        raise ResultsError(wrong)
    return record
