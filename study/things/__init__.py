"""The things that are compared: their words, looks, needs and simulated laws, one record each. Arrows run from here to nobody."""

from __future__ import annotations

from study.things.backends import BACKENDS
from study.things.channels import CHANNELS
from study.things.kernels import KERNELS
from study.things.records import (
    Backend,
    Channel,
    Colour,
    Kernel,
    Kind,
    Life,
    Look,
    NoiseClass,
    Pattern,
    StartMethod,
)
from study.things.start_methods import DEFAULT, START_METHODS

__all__ = [
    "BACKENDS",
    "CHANNELS",
    "DEFAULT",
    "KERNELS",
    "START_METHODS",
    "Backend",
    "Channel",
    "Colour",
    "Kernel",
    "Kind",
    "Life",
    "Look",
    "NoiseClass",
    "Pattern",
    "StartMethod",
]
