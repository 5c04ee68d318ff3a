"""What was typed on the command line, as a value; what is none is a mistake, said in words."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path

from study.errors import printable

LONGEST_S = 1000 * 3600.0
"""No budget is longer: what is more is a slip of the finger."""
_UNITS_S = {"s": 1, "m": 60, "h": 3600}


def word(text: str) -> str:
    """What was typed; nothing, as an unset variable of a shell leaves it, is a mistake."""
    if not text.strip():
        raise argparse.ArgumentTypeError("nothing is named; leave the option out, or name something")
    return text


def path(text: str) -> Path:
    """A name of something in the file system."""
    named = Path(word(text))
    try:
        named.expanduser()
    except RuntimeError:
        raise argparse.ArgumentTypeError(
            f"{printable(text, 100)!r}: nobody's home folder is known by '~' here; write the path out"
        ) from None
    return named


def folder(text: str) -> Path:
    """A folder, or what can become one; what a report would take the place of (`--out`) is told elsewhere."""
    place = path(text)
    standing = next((above for above in (place, *place.parents) if os.path.lexists(above)), None)
    if standing is not None and not standing.is_dir():
        raise argparse.ArgumentTypeError(f"{str(standing)!r} is no folder; name one")
    return place


def names(text: str) -> str:
    """Names with commas between them."""
    return ",".join(word(name) for name in text.split(","))


def number(text: str) -> int:
    """A number of something, such as 4."""
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{printable(text, 40)!r} is no whole number from 1 to 999999999")
    return int(text)


def numbers(text: str) -> tuple[int, ...]:
    """Numbers with commas between them."""
    return tuple(map(number, text.split(",")))


def seconds(text: str) -> float:
    """A time, such as 90s, 2m or 1h."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text)
    found_s = float(match[1]) * _UNITS_S[match[2]] if match is not None else 0.0
    if not 0.0 < found_s <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; write 90s, 2m, 10m or 1h (1000h at most)")
    return found_s


def percent(text: str) -> float:
    """A share, such as 5% or 12.5%."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)%", text, re.ASCII)
    share = float(match[1]) / 100.0 if match is not None else 0.0
    if not 0.001 <= share <= 10.0:
        raise argparse.ArgumentTypeError(f"{printable(text, 40)!r} is no share; write 5% or 12.5% (0.1% to 1000%)")
    return share


def seed(text: str) -> int:
    """A seed that the manifest can hold."""
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"{printable(text, 40)!r} is not a whole number from 0 to 2^63 - 1")
    return int(text)
