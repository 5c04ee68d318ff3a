"""Patterns counted in made-up DNA: the machine of the `re` module, the GIL held throughout.

The problem: take headings and line ends away, then count the matches of nine variants of an 8-letter word and its
reverse complement, each with one place left open. The text itself is made before (`prepare`), not in the task.
"""

from __future__ import annotations

import re
from functools import cache

from study.bench.kernels import Kernel
from study.bench.kernels.fasta import fasta

N = 1000
VARIANTS = (
    "agggtaaa|tttaccct",
    "[cgt]gggtaaa|tttaccc[acg]",
    "a[act]ggtaaa|tttacc[agt]t",
    "ag[act]gtaaa|tttac[agt]ct",
    "agg[act]taaa|ttta[agt]cct",
    "aggg[acg]aaa|ttt[cgt]ccct",
    "agggt[cgt]aa|tt[acg]accct",
    "agggta[cgt]a|t[acg]taccct",
    "agggtaa[cgt]|[acg]ttaccct",
)
KNOWN = ((1, 0, 0, 0, 1, 0, 0, 0, 2), 10_245, 10_000)
"""(Matches of each variant, letters before, letters after) at n = 1000."""

_text = cache(fasta)


def matches(text: str) -> tuple[tuple[int, ...], int, int]:
    """(Matches of each variant, letters of the text, letters without headings and line ends)."""
    letters = re.sub(r">.*\n|\n", "", text)
    counts = tuple(len(re.findall(variant, letters, re.IGNORECASE)) for variant in VARIANTS)
    return counts, len(text), len(letters)


def regex(_index: int) -> tuple[tuple[int, ...], int, int]:
    """Count in the text of n = 1000."""
    return matches(_text(N))


KERNEL = Kernel(regex, lambda _index: KNOWN, prepare=lambda: _text(N))
