"""Promises of the segments of a message's time over its size."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import scaling
from study.lab.simulate import Noise, process_factors
from study.lab.validate.noises import RESAMPLED, ROUNDS
from study.lab.validate.promise import NOMINAL, Promise, held_to
from study.stats import holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from study.lab.validate.promise import Trial

GROUP = "messages"
SIZES = np.array([1, 64, 1024, 4096, 16383, 16385, 32768, 65535, 65537, *(2 ** np.arange(18, 27, 2))])
"""As experiments/messages-sizes.toml has them."""
ROUND_CV = 0.02
RESAMPLES = 300
"""Of a model that is tried: fewer than the report's, whose ends scatter less."""
SPLIT = 0.05
"""Studies in which AICc may find a segment too many: it compares averages, whose scatter it does not know."""
SPLIT_KNOWN: Mapping[tuple[str, str], float] = {("one line", f"{RESAMPLED}message"): 0.11}


class Piece(NamedTuple):
    """alpha_s + n·beta_s from `from_bytes` on."""

    alpha_s: float
    beta_s: float
    from_bytes: int = 0


CHANNELS: Mapping[str, tuple[Piece, ...]] = {
    "one line": (Piece(10e-6, 1e-9),),
    "two lines": (Piece(10e-6, 1e-9), Piece(30e-6, 0.4e-9, 16384)),
    "three lines": (Piece(10e-6, 1e-9), Piece(50e-6, 2e-9, 16384), Piece(400e-6, 0.3e-9, 200_000)),
}


def trials(noises: Mapping[str, Noise]) -> dict[str, Trial]:
    """Every channel with scatter of a known size, and with that of the stored runs' messages."""
    known = {"lognormal noise": Noise(process_cv=0.05)}
    known |= {name: noises[name] for name in (f"{RESAMPLED}message",) if name in noises}
    return {
        f"messages, {what}, {name}": partial(_segments, what, pieces, name, noise)
        for what, pieces in CHANNELS.items()
        for name, noise in known.items()
    }


def _segments(
    what: str, pieces: tuple[Piece, ...], name: str, noise: Noise, studies: int, rng: np.random.Generator
) -> Iterator[Promise]:
    true_s = np.select([piece.from_bytes <= SIZES for piece in pieces[::-1]], [_line(piece) for piece in pieces[::-1]])
    together = process_factors(Noise(process_cv=ROUND_CV), (studies, ROUNDS, 1), rng)
    times_s = true_s * together * process_factors(noise, (studies, ROUNDS, SIZES.size), rng)
    models = [scaling.message_model(SIZES, study, resamples=RESAMPLES) for study in times_s]
    promise = partial(Promise, group=GROUP, noise=name, trials=studies)
    alpha = sum(holds(model.segments[0].alpha_s, pieces[0].alpha_s) for model in models)
    bandwidth = sum(holds(model.segments[-1].bandwidth, 1.0 / pieces[-1].beta_s) for model in models)
    more = sum(len(model.segments) > len(pieces) for model in models)
    yield promise(
        what=f"{what}: the interval of α of the smallest messages holds it",
        side="at least",
        hits=alpha,
        **held_to(NOMINAL),
    )
    yield promise(
        what=f"{what}: the interval of the bandwidth of the largest holds it",
        side="at least",
        hits=bandwidth,
        **held_to(NOMINAL),
    )
    if len(pieces) < scaling.MOST_SEGMENTS:
        yield promise(
            what=f"{what}: more segments are found than there are",
            side="at most",
            hits=more,
            **held_to(SPLIT, SPLIT_KNOWN.get((what, name))),
        )


def _line(piece: Piece) -> np.ndarray:
    return np.asarray(piece.alpha_s + SIZES * piece.beta_s)
