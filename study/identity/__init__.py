"""What makes two runs the same study, two machines the same hardware, and two interpreters the same build."""

from __future__ import annotations

from study.identity.digests import commit, digest_of, digest_of_files, digests
from study.identity.hardware import (
    HARDWARE,
    Traits,
    alike,
    differences,
    filled,
    fingerprint,
    fits,
    in_words,
    labels,
    latest,
    same_hardware,
    state,
    traits_digest,
)
from study.identity.interpreters import Interpreter, interpreter
from study.identity.sources import Sources

__all__ = [
    "HARDWARE",
    "Interpreter",
    "Sources",
    "Traits",
    "alike",
    "commit",
    "differences",
    "digest_of",
    "digest_of_files",
    "digests",
    "filled",
    "fingerprint",
    "fits",
    "in_words",
    "interpreter",
    "labels",
    "latest",
    "same_hardware",
    "state",
    "traits_digest",
]
