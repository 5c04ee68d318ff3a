"""Twenty functions of kinds that people have, with items for a short job and for a long one: what `advise` is judged on.

None was used to make the model. A short job is some 50 ms in a loop, a long one ten times as much.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import random
import re
import time
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SHORT, LONG = 1, 10
_WORDS = re.compile(r"\b(\w)(\w*)\b")


def primes(limit: int) -> int:
    """Pure Python, numbers alone."""
    return sum(all(number % divisor for divisor in range(2, math.isqrt(number) + 1)) for number in range(2, limit))


def collatz(start: int) -> int:
    """Pure Python, a loop that branches."""
    steps = 0
    while start != 1:
        start = start // 2 if start % 2 == 0 else 3 * start + 1
        steps += 1
    return steps


def hashed(seed: int) -> str:
    """Lets go of the GIL: SHA-256 of a mebibyte."""
    return hashlib.sha256(bytes([seed % 251]) * (1 << 20)).hexdigest()


def packed(seed: int) -> int:
    """Lets go of the GIL: zlib."""
    return len(zlib.compress(random.Random(seed).randbytes(20_000) * 2, 6))


def copied(seed: int) -> int:
    """Goes through memory: copies eight mebibytes."""
    return len(bytes(bytearray(8 << 20))) + seed % 2


def waited(item: int) -> int:
    """Waits, as for a server."""
    time.sleep(0.001)
    return item


def waited_and_worked(item: int) -> int:
    """Waits half of the time."""
    time.sleep(0.0005)
    return sum(step & item for step in range(8000))


def tiny(item: int) -> int:
    """A tenth of a microsecond."""
    return item + 1


def small(item: int) -> int:
    """Some tens of microseconds."""
    return sum(step & item for step in range(700))


def uneven(item: int) -> int:
    """Few items that take very long, by a rule that no even stride meets."""
    return sum(step & 7 for step in range(int(20_000 * math.exp(1.2 * random.Random(item).gauss(0.0, 1.0)))))


def rising(item: int) -> int:
    """Later items take longer."""
    return sum(step & 7 for step in range(200 * (item % 500)))


def summed(data: bytes) -> int:
    """A large argument, a number back."""
    return sum(data[::4])


def listed(item: int) -> list[int]:
    """A number, a large result."""
    return [item ^ step for step in range(20_000)]


def parsed(text: str) -> int:
    """Parses a text, keeps a number."""
    return len(json.loads(text))


def parsed_and_returned(text: str) -> list[dict[str, int]]:
    """Parses a text, returns all of it."""
    found: list[dict[str, int]] = json.loads(text)
    return found


def counted(text: str) -> dict[str, int]:
    """Makes many small objects, returns few."""
    found: dict[str, int] = {}
    for word in text.split():
        found[word] = found.get(word, 0) + 1
    return dict(sorted(found.items(), key=lambda pair: -pair[1])[:20])


def turned(text: str) -> str:
    """Regular expressions."""
    return _WORDS.sub(r"\2\1", text)


def ordered(seed: int) -> float:
    """Sorts floats."""
    drawn = random.Random(seed)
    return sorted(drawn.random() for _ in range(4000))[2000]


def nested(item: int) -> int:
    """Builds a tree of tuples and walks it: the collector's work."""
    tree: tuple[object, ...] = ()
    for step in range(3000):
        tree = (tree if step % 50 else (), step ^ item, {step: item})
    return len(tree)


def imported(item: int) -> float:
    """Needs modules that take long to import, at its first call."""
    import decimal
    import email.message
    import html

    message = email.message.EmailMessage()
    message["Subject"] = f"{decimal.Decimal(item) / 7}"
    return float(len(html.unescape(str(message))))


def _texts(length: int, count: int) -> list[str]:
    """Texts of so many words each, no two of them the same object."""
    drawn = random.Random(length)
    words = ["".join(drawn.choices("abcdefgh", k=drawn.randint(2, 7))) for _ in range(2 * length)]
    return [" ".join([str(step), *words[step % length : step % length + length]]) for step in range(count)]


def _tables(rows: int, count: int) -> list[str]:
    """Tables as JSON, no two of them the same object."""
    made = [
        json.dumps([{"id": row, "value": row * row % 97, "left": row - 1} for row in range(rows + more)])
        for more in range(5)
    ]
    return [made[step % 5] + " " * (step % 40 + 1) for step in range(count)]


ITEMS: Mapping[str, Callable[[int], list[Any]]] = {
    "primes": lambda size: [700 + step % 13 for step in range(100 * size)],
    "collatz": lambda size: list(range(3000, 3000 + 8000 * size)),
    "hashed": lambda size: list(range(80 * size)),
    "packed": lambda size: list(range(120 * size)),
    "copied": lambda size: list(range(6 * size)),
    "waited": lambda size: list(range(45 * size)),
    "waited_and_worked": lambda size: list(range(60 * size)),
    "tiny": lambda size: list(range(150_000 * size)),
    "small": lambda size: list(range(1500 * size)),
    "uneven": lambda size: list(range(30 * size)),
    "rising": lambda size: list(range(60 * size)),
    "summed": lambda size: [bytes([step % 251]) * (1 << 18) for step in range(60 * size)],
    "listed": lambda size: list(range(40 * size)),
    "parsed": lambda size: _tables(300, 300 * size),
    "parsed_and_returned": lambda size: _tables(300, 300 * size),
    "counted": lambda size: _texts(3000, 80 * size),
    "turned": lambda size: _texts(2000, 30 * size),
    "ordered": lambda size: list(range(80 * size)),
    "nested": lambda size: list(range(150 * size)),
    "imported": lambda size: list(range(1000 * size)),
}
"""Function -> items of a job of a size."""


for _name, _made in ITEMS.items():
    globals()[f"{_name}_short"] = functools.partial(_made, SHORT)
    globals()[f"{_name}_long"] = functools.partial(_made, LONG)
