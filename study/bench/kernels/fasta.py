"""Made-up DNA, as the input of `regex`.

The problem: three sequences in FASTA format, lines of 60 letters. The first repeats a human Alu element to 2 n letters;
the second (3 n) and the third (5 n) are drawn letter by letter from given frequencies with the generator
seed = (3877 seed + 29573) mod 139968, begun at 42 and not begun anew between them.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = 60
_ALU = (
    "GGCCGGGCGCGGTGGCTCACGCCTGTAATCCCAGCACTTTGGGAGGCCGAGGCGGGCGGATCACCTGAGGTCAGGAGTTCGAGACCAGCCTGGCCAACATGGTGAAACCCCGTCTCTACTAAAAATACAAAAATTAGCCGGG"
    "CGTGGTGGCGCGCGCCTGTAATCCCAGCTACTCGGGAGGCTGAGGCAGGAGAATCGCTTGAACCCGGGAGGCGGAGGTTGCAGTGAGCCGAGATCGCGCCACTGCACTCCAGCCTGGGCGACAGAGCGAGACTCCGTCTCAAAAA"
)
_AMBIGUOUS = {"a": 0.27, "c": 0.12, "g": 0.12, "t": 0.27} | dict.fromkeys("BDHKMNRSVWY", 0.02)
_HUMAN = {"a": 0.3029549426680, "c": 0.1979883004921, "g": 0.1975473066391, "t": 0.3015094502008}


def _numbers() -> Iterator[float]:
    seed = 42
    while True:
        seed = (seed * 3877 + 29573) % 139_968
        yield seed / 139_968


def _drawn(frequencies: dict[str, float], letters: int, numbers: Iterator[float]) -> str:
    limits, alphabet = list(accumulate(frequencies.values())), list(frequencies)
    last = len(alphabet) - 1
    return "".join(alphabet[min(last, bisect_right(limits, next(numbers)))] for _ in range(letters))


def fasta(n: int) -> str:
    """Give the three sequences with their headings."""
    numbers = _numbers()
    sequences = {
        ">ONE Homo sapiens alu": (_ALU * (2 * n // len(_ALU) + 1))[: 2 * n],
        ">TWO IUB ambiguity codes": _drawn(_AMBIGUOUS, 3 * n, numbers),
        ">THREE Homo sapiens frequency": _drawn(_HUMAN, 5 * n, numbers),
    }
    lines = []
    for heading, letters in sequences.items():
        lines += [heading, *(letters[start : start + LINE] for start in range(0, len(letters), LINE))]
    return "\n".join(lines) + "\n"
