"""What the cost model has from a stored run: constants of each place, and how well they foretell that run's own jobs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from study.advise.held_out import held_out
from study.advise.model.constants import constants_of
from study.advise.model.predict import roughly_s

if TYPE_CHECKING:
    from study.advise.model.intervals import Tried
    from study.advise.model.job import Constants
    from study.evidence import Evidence

_MOST_KEPT = 32


@functools.lru_cache(maxsize=_MOST_KEPT)
def constants_at(evidence: Evidence) -> Constants:
    """All that the run tells, once for all sections that ask: runs do not change."""
    return constants_of(evidence)


@functools.lru_cache(maxsize=_MOST_KEPT)
def own_jobs_of(evidence: Evidence) -> tuple[Tried, ...]:
    """Jobs of the run that none of its constants was made of, foretold and measured."""
    return tuple(held_out(evidence, constants_at(evidence)))


@functools.lru_cache(maxsize=_MOST_KEPT)
def in_closed_form(evidence: Evidence) -> tuple[Tried, ...]:
    """The same jobs, foretold by the closed form, which is what the page's script counts with."""
    return tuple(held_out(evidence, constants_at(evidence), roughly_s))
