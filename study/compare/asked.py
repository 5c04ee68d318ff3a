"""What is typed behind `compare`, `runs` and `history`, as values: mistakes in words and the nearest right one."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from study.compare.comparison import Wish
from study.compare.kinds import KINDS
from study.compare.shown import Show
from study.errors import UsageError, printable
from study.plain import writable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from study.compare.kinds import Kind

_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """What is asked of `compare`.

    Attributes
    ----------
    words : what is compared, the baseline first; of one alone, the latest run is set against it.
    here : below this folder files are looked for and written.
    """

    words: tuple[str, ...]
    wish: Wish
    show: Show
    results: Path
    root: Path
    here: Path
    markdown: Path | None = None
    json: Path | None = None
    csv: Path | None = None

    @classmethod
    def of(cls, typed: argparse.Namespace, results: Path, root: Path) -> Comparing:
        """What was typed.

        Raises
        ------
        UsageError
            for a pattern that is none, a kind that is not there, or a file that cannot be written.
        """
        here = typed.folder.expanduser().absolute()
        return cls(
            words=tuple(typed.runs),
            wish=Wish(
                cells=pattern(typed.cells),
                kinds=kinds(typed.kind),
                same=typed.same_within,
                limit=typed.fail_if_slower,
                anyway=typed.anyway,
            ),
            show=Show(least=typed.min or 0.0, every=typed.all, order=typed.sort, normalised=typed.normalise),
            results=results,
            root=root,
            here=here,
            markdown=typed.markdown and writable(typed.markdown, here),
            json=typed.json and writable(typed.json, here),
            csv=typed.csv and writable(typed.csv, here),
        )


def pattern(typed: str | None) -> re.Pattern[str] | None:
    """The pattern of `--cells`; None where nothing was typed."""
    if typed is None:
        return None
    try:
        return re.compile(typed[:_LONGEST])
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(
            f"--cells {printable(typed, 100)}: no pattern ({error}); write a part of a cell's name, or a regular expression"
            " such as 'pool.*fork'"
        ) from None


def kinds(typed: Sequence[str]) -> tuple[Kind, ...]:
    """The kinds of `--kind`, which may stand behind one another with commas; empty for all."""
    names = [name for words in typed for name in words.split(",")]
    for name in names:
        if name not in KINDS:
            near = difflib.get_close_matches(name, KINDS, n=1, cutoff=0.5)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            raise UsageError(f"--kind {printable(name, 60)}: no kind of cells{meant}; kinds are {', '.join(KINDS)}")
    return tuple(cast("Kind", name) for name in names)
