"""The factors whose values are words, and the words of each: those of the records."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things.backends import APIS, BACKENDS
from study.things.channels import CHANNELS
from study.things.kernels import KERNELS
from study.things.labels import LABELS
from study.things.payloads import FORMS, PLACEMENTS
from study.things.start_methods import DEFAULT, START_METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "kernel": tuple(KERNELS),
        "backend": tuple(BACKENDS),
        "start_method": (*START_METHODS, DEFAULT, ""),
        "api": tuple(APIS),
        "channel": tuple(CHANNELS),
        "form": tuple(FORMS),
        "placement": tuple(PLACEMENTS),
        "label": tuple(LABELS),
    }
)
"""Factor -> its words, whatever the pattern; a variant's are those of its pattern."""
