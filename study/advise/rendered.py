"""An answer as lines for a terminal, as Markdown, as JSON: the same words, the same numbers."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from typing import TYPE_CHECKING, Any

from study.advise.outcome import said_of
from study.advise.pasting import way_words
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.advise.model.job import Predicted
    from study.advise.outcome import Advice

WIDTH = 100


def text_of(advice: Advice) -> str:
    """What is printed."""
    said = said_of(advice)
    return "\n".join(
        [
            _wrapped(said.sentence),
            "",
            *_columns(said.table),
            "",
            *(f"    {line}".rstrip() for line in said.code.splitlines()),
            *_sections(said.parts),
        ]
    )


def _wrapped(text: str, first: str = "", later: str = "") -> str:
    """Lines of a width to read, broken between words alone."""
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False, break_long_words=False
    )


def _columns(table: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """The table's rows with columns of one width; the first is words, the others are numbers."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        first, *rest = zip(row, widths, strict=True)
        yield "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest)]).rstrip()


def _sections(parts: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[str]:
    for heading, sentences in parts:
        yield ""
        yield heading
        for sentence in sentences:
            yield _wrapped(sentence, "  - ", "    ")


def markdown_of(advice: Advice) -> str:
    """The same in Markdown."""
    said = said_of(advice)
    head, *rows = said.table
    table = [head, ("---", *("---:" for _ in head[1:])), *rows]
    blocks = [
        f"# {_escaped(_title(advice))}",
        f"**{_escaped(said.sentence)}**",
        "\n".join("| " + " | ".join(_in_cell(text) for text in row) + " |" for row in table),
        f"```python\n{said.code}```",
    ]
    for heading, sentences in said.parts:
        blocks += [f"## {heading}", "\n".join(f"- {_escaped(sentence)}" for sentence in sentences)]
    return "\n\n".join(blocks) + "\n"


def _title(advice: Advice) -> str:
    return f"{advice.wish.function} on {counted(advice.probed.cpus, 'CPU')}, CPython {advice.reader.version}"


def _escaped(text: str) -> str:
    """Text of ours and of the reader's that Markdown shall not read as marks; what stands in backticks stays code."""
    parts = text.split("`")
    return "`".join(
        part if number % 2 else "".join(f"\\{sign}" if sign in "\\*_<>[]#|" else sign for sign in part)
        for number, part in enumerate(parts)
    )


def _in_cell(text: str) -> str:
    return text if set(text) <= set("-:") else _escaped(text)


def json_of(advice: Advice) -> str:
    """Everything that was found and foretold, as numbers in seconds and bytes."""
    said = said_of(advice)
    answer = advice.answer
    data: dict[str, Any] = {
        "schema": 1,
        "function": advice.wish.function,
        "python": advice.reader.version,
        "cpus": advice.probed.cpus,
        "sentence": said.sentence,
        "picked": way_words(answer.picked.way),
        "code": said.code,
        "ways": [_way(foretold) for foretold in answer.ways],
        "job": {
            **dataclasses.asdict(advice.job),
            "imports_s": [
                {"backend": backend, "start_method": method, "seconds": seconds}
                for (backend, method), seconds in advice.job.imports_s.items()
            ],
        },
        "change": None if advice.change is None else dataclasses.asdict(advice.change),
        "helps": [dataclasses.asdict(help_) for help_ in advice.helps],
        "lacking": [
            {"backend": backend, "start_method": method, "why": why}
            for (backend, method), why in sorted(answer.lacking.items())
        ],
        "told": list(advice.told),
        "foreign_cpus": advice.probed.foreign,
        "verified": [
            {
                "way": way_words(trial.foretold.way),
                "foretold_s": trial.foretold.seconds,
                "times_s": list(trial.times_s),
                "cpu_s": list(trial.cpu_s),
                "reason": trial.reason,
            }
            for trial in advice.verified
        ],
        "parts": {heading: list(sentences) for heading, sentences in said.parts},
    }
    return json.dumps(data, indent=1, allow_nan=False) + "\n"


def _way(foretold: Predicted) -> dict[str, Any]:
    return {
        **dataclasses.asdict(foretold.way),
        "words": way_words(foretold.way),
        "seconds": foretold.seconds,
        "intervals": [interval._asdict() for interval in foretold.intervals],
        "held_out": foretold.held_out,
        "cpu_s": foretold.cpu_s,
        "memory_bytes": foretold.memory_bytes,
        "shares": foretold.shares._asdict(),
        "bound": foretold.bound,
    }
