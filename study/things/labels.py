"""What tells equal cells apart: arms of the study's tests of itself."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things.records import Word

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDINARY = Word("", "")
AGAIN = Word("again", "the same again")
INJECTED = Word("injected", "21 operations reported as 20")
LABELS: Mapping[str, Word] = MappingProxyType({label.name: label for label in (ORDINARY, AGAIN, INJECTED)})
"""Name -> label: '' of every ordinary cell; the second arm of an A/A pair; the arm that runs 21 operations and reports 20."""
