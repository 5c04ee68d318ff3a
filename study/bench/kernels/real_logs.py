"""The words of a log file counted, and its lines by level: what a program does that looks for trouble."""

from __future__ import annotations

from collections import Counter
from functools import cache

from study.bench.kernels import Kernel
from study.bench.made_files import MadeFiles

NUMBER, LINES = 8, 10_000
ERROR_EVERY, WARNING_EVERY = 50, 10
HOSTS = 23
WORDS_A_LINE = 7


def level(file: int, line: int) -> str:
    """The level of a line."""
    if (line + file) % ERROR_EVERY == 0:
        return "ERROR"
    return "WARNING" if (line + file) % WARNING_EVERY == 0 else "INFO"


def content(file: int) -> bytes:
    """A line for each request."""
    lines = (
        f"12:{line // 60 % 60:02}:{line % 60:02} {level(file, line)} host{line % HOSTS} GET /item/{line % 101} took"
        f" {line * 37 % 500}\n"
        for line in range(LINES)
    )
    return "".join(lines).encode()


FILES = MadeFiles(NUMBER, content)


def count_words(argument: int) -> tuple[int, int, int, int]:
    """(Words, lines with an error, lines with a warning, lines of the first host)."""
    words: Counter[str] = Counter()
    with FILES.path(argument).open(encoding="utf-8") as lines:
        for line in lines:
            words.update(line.split())
    return words.total(), words["ERROR"], words["WARNING"], words["host0"]


@cache
def _known(file: int) -> tuple[int, int, int, int]:
    errors = len(range(-file % ERROR_EVERY, LINES, ERROR_EVERY))
    marked = len(range(-file % WARNING_EVERY, LINES, WARNING_EVERY))
    return LINES * WORDS_A_LINE, errors, marked - errors, len(range(0, LINES, HOSTS))


KERNEL = Kernel(count_words, lambda argument: _known(FILES.which(argument)), FILES.arguments, FILES.make)
