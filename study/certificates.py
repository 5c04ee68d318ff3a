"""An address of Dask's and the files that encrypt what goes there, as they are typed: one rule for all verbs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.errors import UsageError, printable

if TYPE_CHECKING:
    from pathlib import Path

HOW = "study/fleet/README.md tells how"
LONGEST_PEM_BYTES = 1 << 16
_ADDRESS = re.compile(r"(tls|tcp)://(\[[0-9A-Fa-f:.]+(?:%\w+)?\]|[^\s:/\[\]@]+):(\d{1,5})/?\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Files in PEM format: the authority that signed everybody's certificate, ours, and its key."""

    authority: Path
    certificate: Path
    key: Path


def is_address(text: str) -> bool:
    """Whether it is `tls://HOST:PORT` or `tcp://HOST:PORT`."""
    found = _ADDRESS.match(text)
    if found is None or not 0 < int(found[3]) < 2**16:
        return False
    return all(
        0 < len(label) < 64 for label in found[2].removesuffix(".").split(".")
    )  # else the name cannot be looked up


def readable(option: str, path: Path) -> Path:
    """The whole path of a file in PEM format.

    Raises
    ------
    UsageError
        if it cannot be read, or is none; `option` is how it was asked for.
    """
    try:
        begun = path.read_bytes()[:LONGEST_PEM_BYTES] if path.is_file() else b""
    except OSError as error:
        raise UsageError(
            f"{option} {printable(str(path))}: cannot be read ({error.strerror}); name a file in PEM format; {HOW}"
        ) from None
    if b"-----BEGIN " not in begun:
        raise UsageError(f"{option} {printable(str(path))}: no file in PEM format (-----BEGIN …); {HOW}")
    return path.absolute()
