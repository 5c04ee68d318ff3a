"""Ways to make a file wrong: in its bytes, in its JSON, in its TOML, in what kind of file it is."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import socket
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

NESTED = "\N{HOURGLASS}nested\N{HOURGLASS}"
EXTREMES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3, 7, 999, 65536, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**19, 10**30, -(2**63),
    0.0, -0.0, 0.5, 1.5, 1e-9, 1e-300, 1e-310, 5e-324, 1e16, 1e150, 1e300, 1.7e308, -1e308, float("nan"), float("inf"),
    "", "x", "two", "0", "1e5", "\x1b]0;taken\x07\x1b[2J", "\u202e", "\ud800", "\x00", "a\nb", "é" * 300, "A" * 100_000,
    "../../etc/passwd", "{of.__class__}", "{", "{ratio:>1500000000}", "9999-12-31T00:00:00Z", "2026-02-30T00:00:00Z",
    "map kernel=nowhere", "map workers=99999999999999999999", "map kernel=fannkuch", "fork", "headline", "Q1", "finished",
    "<script>alert(1)</script>", "#eval(1)", "=cmd|calc", "%s%n", "unlimited",
    [], {}, [[]], [1], [0, 0], ["x"], {"a": 1}, {"": None}, [None] * 1000, NESTED,
)  # fmt: skip


def of_bytes(data: bytes, rng: Random) -> bytes:
    """Flip, delete, insert, cut, repeat."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        if not found:
            break
        at = rng.randrange(len(found))
        way = rng.randrange(6)
        if way == 0:
            found[at] ^= 1 << rng.randrange(8)
        elif way == 1:
            del found[at : at + rng.choice((1, 2, 50, 1000))]
        elif way == 2:
            found[at:at] = bytes(rng.randrange(256) for _ in range(rng.choice((1, 4, 30))))
        elif way == 3:
            del found[at:]
        elif way == 4:
            found[at:at] = found[at : at + rng.choice((1, 20, 500))]
        else:
            found[at : at + 1] = rng.choice(
                (b"\xff", b"\x00", b'"', b"{", b"[", b"9" * 40, b"\n", b"\xef\xbb\xbf", b"e999")
            )
    return bytes(found)


def of_json(value: Any, rng: Random) -> str:
    """JSON text of `value` with one to three places changed."""
    value = copy.deepcopy(value)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        value = _changed(value, rng)
    text = json.dumps(value)
    if NESTED in value if isinstance(value, str) else json.dumps(NESTED) in text:
        depth = rng.choice((10, 100, 5_000, 100_000))
        text = text.replace(json.dumps(NESTED), "[" * depth + "]" * depth)
    if rng.random() < 0.05:
        keys = list(re.finditer(r'"[a-z_]+": ', text))
        if keys:
            key = rng.choice(keys)
            text = f"{text[: key.start()]}{key[0]}0, {text[key.start() :]}"
    return text


def _places(value: Any, rng: Random) -> tuple[Any, Any]:
    """A container inside `value`, and a key or an index of it; deep places are as likely as shallow ones."""
    inside, key = None, None
    while isinstance(value, dict | list) and value:
        inside = value
        key = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
        value = value[key]
        if rng.random() < 0.15:
            break
    return inside, key


def _changed(value: Any, rng: Random) -> Any:
    inside, key = _places(value, rng)
    if inside is None:
        return rng.choice(EXTREMES)
    way = rng.randrange(8)
    if way == 0:
        del inside[key]
    elif way == 1 and isinstance(inside, dict):
        inside[rng.choice(("surprise", "", "\x1b[2J", *inside))] = inside.pop(key)
    elif way == 2:
        other, at = _places(value, rng)
        if other is not None and other is not inside:
            inside[key], other[at] = copy.deepcopy(other[at]), copy.deepcopy(inside[key])
    elif way == 3 and isinstance(inside, list):
        inside[key:key] = copy.deepcopy(inside[key : key + rng.choice((1, 3))]) * rng.choice((1, 2, 100))
    elif way == 4 and isinstance(inside[key], int | float) and not isinstance(inside[key], bool):
        inside[key] = inside[key] * rng.choice((-1, 0, 1e-12, 1e-200, 0.5, 2, 1000, 10**9, 1e200))
    elif way == 5 and isinstance(inside[key], str) and inside[key]:
        text, at = inside[key], rng.randrange(len(inside[key]))
        inside[key] = text[:at] + rng.choice(("", " ", "=", "9", "9" * 30, "\x1b", "é", "-", ".")) + text[at + 1 :]
    else:
        inside[key] = copy.deepcopy(rng.choice(EXTREMES))
    return value


WORDS = (
    "0", "-1", "1e308", "nan", "inf", "-inf", "9" * 25, "9" * 5000, '"x"', "[]", "[1, 2, 3]", "{}", "true", '"cpus"', '"\\u001b"',
    '["map", "stream"]', "1979-05-27", '"{"', '"{of.__class__}"', '"{ratio:>1500000000}"', '"{ratio:.2f}"', '"every"',
    "10000000000", "[" * 2000, '"' + "A" * 10_000 + '"', str(list(range(199))),
)  # fmt: skip


def of_toml(text: str, rng: Random) -> str:
    """TOML text with a few lines or values changed."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        lines = text.split("\n")
        at = rng.randrange(len(lines))
        way = rng.randrange(7)
        if way == 0:
            del lines[at]
        elif way == 1:
            lines.insert(rng.randrange(len(lines) + 1), lines[at])
        elif way == 2:
            other = rng.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif way == 3:
            lines.insert(
                at,
                rng.choice(("\ufeff", "\x00", "surprise = 1", "[[vary]]", "[fixed]", "[[", "a.b.c.d = 1", "#" * 5000)),
            )
        elif way == 4:
            return of_bytes(text.encode(), rng).decode("utf-8", "replace")
        else:
            lines[at] = _other_value(lines[at], rng)
        text = "\n".join(lines)
    return text


def _other_value(line: str, rng: Random) -> str:
    values = list(re.finditer(r'"[^"]*"|\b\d[\d.]*\b|\[[^\[\]]*\]', line))
    if not values:
        return f"{line}{rng.choice(WORDS)}"
    one = rng.choice(values)
    return f"{line[: one.start()]}{rng.choice(WORDS)}{line[one.end() :]}"


def of_kind(path: Path, rng: Random) -> None:
    """Put something else than a plain file in the place of a file."""
    if path.exists() or path.is_symlink():
        path.unlink()
    way = rng.choice(("fifo", "link", "nowhere", "device", "self", "folder", "socket", "empty", "unreadable"))
    if way == "fifo":
        os.mkfifo(path)
    elif way == "folder":
        path.mkdir()
    elif way == "socket":
        with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as made:
            made.bind(f"{short}/s")  # a socket's path must be short
            shutil.move(f"{short}/s", path)
    elif way == "empty":
        path.write_bytes(b"")
    elif way == "unreadable":
        path.write_bytes(b"{}")
        path.chmod(0)
    else:
        targets = {"link": "/etc/passwd", "nowhere": "/nonexistent/x", "device": "/dev/zero", "self": path.name}
        path.symlink_to(targets[way])
