"""The things that are compared: their words, looks, needs and simulated laws, one record each. Arrows run from here to nobody."""

from __future__ import annotations

from study.things.backends import APIS, BACKENDS
from study.things.channels import CHANNELS
from study.things.events import Law, NoiseClass, Pattern, Rule, Sampling, Value, Variant
from study.things.kernels import KERNELS, NUMPY
from study.things.labels import LABELS
from study.things.patterns import PATTERNS
from study.things.payloads import FORMS, PLACEMENTS
from study.things.records import (
    Backend,
    Channel,
    Kernel,
    Kind,
    Life,
    Look,
)
from study.things.start_methods import DEFAULT, START_METHODS

PEERS = tuple(
    dict.fromkeys(
        package
        for package in (
            *(kernel.package for kernel in KERNELS.values()),
            *(backend.package for backend in BACKENDS.values()),
            *(form.package for form in FORMS.values()),
            *(variant.package for pattern in PATTERNS.values() for variant in pattern.variants.values()),
        )
        if package not in {"", NUMPY}
    )
)
"""Packages of other libraries, which a target has where it was asked for."""

__all__ = [
    "APIS",
    "BACKENDS",
    "CHANNELS",
    "DEFAULT",
    "FORMS",
    "KERNELS",
    "LABELS",
    "NUMPY",
    "PATTERNS",
    "PEERS",
    "PLACEMENTS",
    "START_METHODS",
    "Backend",
    "Channel",
    "Kernel",
    "Kind",
    "Law",
    "Life",
    "Look",
    "NoiseClass",
    "Pattern",
    "Rule",
    "Sampling",
    "Value",
    "Variant",
]
