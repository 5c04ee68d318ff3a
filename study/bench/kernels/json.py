"""A structure written as JSON and read back: C code that makes many Python objects, the GIL held throughout."""

from __future__ import annotations

import json
from functools import cache

from study.bench.kernels import Kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RECORDS = 600
KNOWN_CHARACTERS = 127_706
KNOWN_SHA256 = "a4362b46ca59bba67aac2de8fce0a2a550d4863ceb9ec3e4423311961c97803d"
"""Of the canonical text: sorted keys, no spaces, characters beyond ASCII escaped."""


@cache
def structure() -> list[dict[str, Any]]:
    """Give nested records of every JSON type; made once per process."""
    return [
        {
            "id": number,
            "name": f"sample {number % 17} – größer",
            "ratio": number / 8,
            "small": 10.0 ** -(number % 30),
            "big": number**7,
            "on": number % 2 == 0,
            "nothing": None,
            "tags": [f"t{number % modulus}" for modulus in (2, 3, 5, 7)],
            "position": {"x": number * 0.25, "y": -number, "path": [[number, number + 1], []]},
        }
        for number in range(RECORDS)
    ]


def canonical(value: object) -> str:
    """Give the one text of the value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def round_trip(_index: int) -> tuple[bool, int]:
    """(Whether the structure comes back as it was, how long its text is)."""
    text = canonical(structure())
    return json.loads(text) == structure(), len(text)


KERNEL = Kernel(round_trip, lambda _index: (True, KNOWN_CHARACTERS), prepare=structure)
