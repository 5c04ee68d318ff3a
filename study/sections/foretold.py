"""What the cost model has from a stored run: constants of each place, and how well they foretell that run's own jobs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from study.advise.held_out import held_out
from study.advise.model.constants import constants_of
from study.advise.model.intervals import conformal, kin, unit_of
from study.advise.model.predict import roughly_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.advise.model.intervals import Tried
    from study.advise.model.job import Constants
    from study.evidence import Evidence

_MOST_KEPT = 32


@functools.lru_cache(maxsize=_MOST_KEPT)
def constants_at(evidence: Evidence) -> Constants:
    """All that the run tells, once for all sections that ask: runs do not change."""
    return constants_of(evidence)


LEVEL = 0.8
"""How often a job lies between the ends that are told of it."""


def errors_within(tried: Sequence[Tried]) -> dict[str, tuple[float, float]]:
    """Kin of a way -> between which errors `LEVEL` of such jobs lie, in units of `unit_of`; only where enough were tried.

    Of jobs that the page foretells no spread of their own is known, so that none counts here.
    """
    found = {}
    known = [(kin(job.way), job.error / unit_of(job.way, job.foretold_s, 0.0)) for job in tried]
    for name in dict.fromkeys(name for names, _ in known for name in names):
        ends = conformal((error for names, error in known if name in names), LEVEL)
        if ends is not None:
            found[name] = min(0.0, ends[0]), max(0.0, ends[1])
    return found


@functools.lru_cache(maxsize=_MOST_KEPT)
def own_jobs_of(evidence: Evidence) -> tuple[Tried, ...]:
    """Jobs of the run that none of its constants was made of, foretold and measured."""
    return tuple(held_out(evidence, constants_at(evidence)))


@functools.lru_cache(maxsize=_MOST_KEPT)
def in_closed_form(evidence: Evidence) -> tuple[Tried, ...]:
    """The same jobs, foretold by the closed form, which is what the page's script counts with."""
    return tuple(held_out(evidence, constants_at(evidence), roughly_s))
