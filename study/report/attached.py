"""What travels inside the PDF: the numbers of its run that its sections name for it, and the experiments, whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from study.report.csvs import rows_of
from study.report.paper import files_of
from study.report.text import fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from study.blocks import Code
    from study.reports import DataFile, Report

_LARGEST = 1 << 20
"""Characters of a file that was asked for; a run carries none that is longer."""
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80
_RUN = "run"
"""The column of a file of numbers that names the run."""
_KINDS: Mapping[str, str] = {"csv": "text/csv", "toml": "text/plain"}


class Attached(NamedTuple):
    """A file inside the PDF: 'data' are the numbers that the report is made of, 'source' what was asked for."""

    name: str
    about: str
    text: str
    relationship: Literal["data", "source"]

    @property
    def mime_type(self) -> str:
        """What kind of file it is, by its name."""
        return _KINDS.get(self.name.rpartition(".")[2], "text/plain")


def attached(report: Report, files: Mapping[str, tuple[str, str]]) -> tuple[Attached, ...]:
    """Of a report as it was made, before its texts were cut to a page's length.

    Of files that name the run in each row those rows travel that are of the report's own: with every run that is stored beside it
    a PDF would grow. The page's own files have all.

    Parameters
    ----------
    files : name -> what is in it, and its text, of every file of numbers.
    """
    numbers = tuple(
        Attached(file.name, *_of_own_run(file, *files[file.name], report), "data")
        for section in report.sections
        for file in section.files
        if file.travels and file.name in files
    )
    return (*numbers, *_asked_for(files_of(report), {file.name for file in numbers}))


def _of_own_run(file: DataFile, about: str, text: str, report: Report) -> tuple[str, str]:
    """What is in a file and its text, without the rows of other runs than the report's."""
    own = "" if report.cited is None else report.cited.run
    rows = [row for row in file.rows if row.get(_RUN, own) == own]
    if len(rows) == len(file.rows):
        return about, text
    return f"{about}: those of run {own}", rows_of(file, rows)


def _asked_for(codes: Iterable[Code], names: set[str]) -> Iterator[Attached]:
    """The files, each under a name that any system can write and none of `names` is: a second one has a number before it."""
    taken = dict.fromkeys(names, 1)
    for code in codes:
        name = _UNFIT.sub("-", code.title)[-_LONGEST_NAME:].lstrip(".-") or "experiment.toml"
        taken[name] = taken.get(name, 0) + 1
        own = name if taken[name] == 1 else f"{taken[name]}-{name}"
        yield Attached(own, "an experiment as it was asked for", fit(code.text, _LARGEST), "source")
