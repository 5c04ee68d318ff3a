"""`experiments/*.toml` and `experiments/claims.toml` -> typed values, strictly. The only room that knows TOML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.config.claims import cell_of, parse_claims, with_reasons
from study.config.experiments import as_list, cells_at_most, parse_experiment
from study.config.numbers import Cpus, curve, few, in_numbers, machine_words, powers
from study.config.reading import nearest, read_texts, refuse
from study.config.sentences import NUMBER, filled
from study.config.shapes import (
    CLAIMS,
    CLAIMS_FILE,
    CLUSTER,
    CURVE,
    EVERY,
    FEW,
    FOLDER,
    ITEMS,
    OWN_FOLDER,
    POWERS,
    ROUNDS,
    TIERS,
    Choice,
    Claim,
    Experiment,
    Scalar,
)
from study.things.questions import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CLAIMS",
    "CLAIMS_FILE",
    "CLUSTER",
    "CURVE",
    "EVERY",
    "FEW",
    "FOLDER",
    "ITEMS",
    "NUMBER",
    "OWN_FOLDER",
    "POWERS",
    "QUESTIONS",
    "ROUNDS",
    "TIERS",
    "Choice",
    "Claim",
    "Cpus",
    "Experiment",
    "Scalar",
    "as_list",
    "cell_of",
    "claims_in",
    "curve",
    "experiments_in",
    "few",
    "filled",
    "in_numbers",
    "machine_words",
    "nearest",
    "parse_claims",
    "parse_experiment",
    "powers",
    "read_texts",
    "refuse",
    "with_reasons",
]

MOST_CELLS_IN_ALL = 16_384
"""Of all experiments together: ten times as many as there are on a machine of 64 CPUs."""


def experiments_in(texts: Mapping[str, str]) -> tuple[Experiment, ...]:
    """Every experiment, headline first, then core, then extended; by rank within a tier, then by name, `noise` last.

    A cell that several files ask for is kept with the first of them: the file that asks the question, not `noise`.
    """
    found = [parse_experiment(text, identity) for identity, text in texts.items() if identity != CLAIMS]
    if (count := sum(map(cells_at_most, found))) > MOST_CELLS_IN_ALL:
        refuse(f"{FOLDER}/", "", f"all lists together make {count} cells; {MOST_CELLS_IN_ALL} at most: shorten some")
    return tuple(sorted(found, key=lambda one: (TIERS.index(one.tier), one.question == "noise", one.rank, one.id)))


def claims_in(texts: Mapping[str, str]) -> tuple[Claim, ...]:
    """The claims, or none where there is no `claims.toml`."""
    text = texts.get(CLAIMS)
    return () if text is None else parse_claims(text)
