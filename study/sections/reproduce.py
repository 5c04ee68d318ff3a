"""How to measure the same again: commands, every number as a file, and the experiments as they were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Code, Heading, Prose, Terms
from study.reports import Record, Section
from study.sections.cited import cited
from study.things.handed_in import FUNCTION, ITEMS, LINES_DIGEST, REPEAT

if TYPE_CHECKING:
    from study.blocks import Block
    from study.evidence import Study
    from study.store import Manifest

_INSTALLED = "python3 -m venv .venv && .venv/bin/pip install -q nox"
"""In the folder of the study; nox makes every other environment."""
_ADVISE = "~/study/.venv/bin/nox -f ~/study/noxfile.py -s advise -- mymodule:work --items mymodule:items"
_ELSEWHERE = (
    "Nothing below installs anything outside of the folder of this study. On another machine ratios for as many CPUs carry"
    " over roughly, and times do not: measure your own function there, which takes half a minute, or all of this. More"
    " workers than this machine has CPUs, cores of several classes, hardware threads, and Windows and macOS, where processes"
    " are spawned, are not told by these numbers."
)

RECORD = Record(order=490, name="Reproduce", title="How to reproduce", part="How sure")


def section(study: Study) -> Section:
    """Of the run that the report is about."""
    manifest = study.subject.manifest
    blocks: list[Block] = [
        Prose(text=_ELSEWHERE),
        Terms(items=_commands(manifest, cited(study).address), form="commands"),
        Heading(id="files", text="The numbers as files", only="screen"),
        Terms(items=(), form="files", only="screen"),  # the report fills in every file that it writes
        Heading(id="experiments", text="The experiments as they were asked for"),
        *(Code(title=f"{name}.toml", text=text, folded=True) for name, text in manifest.config.items()),
    ]
    if not manifest.config:
        blocks.append(Prose(text="The run carries no experiment files.", kind="empty"))
    return Section(id="reproduce", name=RECORD.name, title=RECORD.title, blocks=tuple(blocks))


def _commands(manifest: Manifest, address: str) -> tuple[tuple[str, str], ...]:
    minutes = round(manifest.budget_s / 60)
    budget = f"{minutes}m" if minutes * 60 == manifest.budget_s else f"{manifest.budget_s:g}s"
    budget += _function(manifest)
    return (
        ("Once", f"git clone {address} ~/study && cd ~/study && {_INSTALLED}")
        if address
        else ("Once, in the folder of this study", _INSTALLED),
        (
            "What a function of yours takes on your machine: in your program's folder, the folder of this study being ~/study",
            _ADVISE,
        ),
        ("See what would be measured here, and how long it takes", f"python -m study plan --budget {budget}"),
        (
            "Measure this machine as this run was measured, then write the report",
            f".venv/bin/nox -s study -- --budget {budget}",
        ),
        ("Write this report again from the stored runs", ".venv/bin/nox -s report"),
        ("Look into a stored suite with pyperf itself", "python -m pyperf stats results/MACHINE/RUN/SUITE.json.gz"),
    )


def _function(manifest: Manifest) -> str:
    """The options that name a function of the reader's, which is in their folder; '' where the study's own were measured."""
    given = manifest.targets[0].facts.get("variables")
    if not isinstance(given, dict):
        return ""
    file = "FILE" if given.get(LINES_DIGEST) else ""  # which one is not kept
    named = (
        ("function", given.get(FUNCTION)),
        ("items", given.get(ITEMS)),
        ("items-file", file),
        ("repeat", given.get(REPEAT)),
    )
    return "".join(f" --{option} {value}" for option, value in named if value)
