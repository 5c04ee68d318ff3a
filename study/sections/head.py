"""The head of the report: what it is about, and what a reader must know before believing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from study.blocks import Report, Section
    from study.evidence import Study


def report(study: Study, sections: tuple[Section, ...]) -> Report:
    """The sections with their head."""
    raise NotImplementedError
