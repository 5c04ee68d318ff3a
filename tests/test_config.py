"""Configuration is read strictly, and errors say where and what would have been right."""

from __future__ import annotations

from pathlib import Path

import pytest

from study import config
from study.errors import ConfigError
from study.plan import TargetView, expand
from study.things import PEERS
from tests.configs import CLAIM, EVERYTHING

ROOT = Path(__file__).parent.parent
GOOD = """
schema = 1
question = "Q3"
title = "What?"
tier = "headline"
[fixed]
pattern = "process_lifecycle"
[[vary]]
backend = "processes"
start_method = "every"
"""


def test_a_good_experiment_is_read() -> None:
    found = config.parse_experiment(GOOD, "q3")
    assert (found.id, found.question, found.tier) == ("q3", "Q3", "headline")


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('tier = "headline"', 'tier = "headlin"', ["tier", "'headlin'", "did you mean 'headline'"]),
        ('backend = "processes"', 'backnd = "processes"', ["vary[0]", "backnd", "did you mean 'backend'"]),
        ('backend = "processes"', 'backend = "proceses"', ["vary[0].backend", "did you mean 'processes'"]),
        ('start_method = "every"', 'start_method = ["spwan"]', ["vary[0].start_method", "did you mean 'spawn'"]),
        ('start_method = "every"', "workers = -1", ["vary[0].workers", "-1 is too small"]),
        ('start_method = "every"', "tasks = 0", ["vary[0].tasks", "expected 1 or more"]),
        ('start_method = "every"', 'workers = "cpu"', ["vary[0].workers", "did you mean 'cpus'"]),
        ('start_method = "every"', "workers = []", ["vary[0].workers", "empty list"]),
        ('start_method = "every"', 'chunksize = "two"', ["vary[0].chunksize"]),
        ('title = "What?"', "title = 3", ["title", "`str`"]),
        ("schema = 1", "schema = 2", ["schema", "2", "expected 1"]),
        ('question = "Q3"', 'question = "Q7"', ["question", "'Q7'"]),
        ("[fixed]", "[fixd]", ["fixd", "did you mean 'fixed'"]),
        ('pattern = "process_lifecycle"', "workers = 1", ["vary[0]", "no pattern"]),
        ('pattern = "process_lifecycle"', 'pattern = "map"\nworkers = [1, 2]', ["fixed.workers", "[[vary]]"]),
        ("[fixed]", "[fixed", ["not TOML"]),
        ("schema = 1", 'schema = 1\nid = "x"', ["id"]),
    ],
)
def test_a_mistake_is_named_with_file_key_and_remedy(line: str, instead: str, said: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        config.parse_experiment(GOOD.replace(line, instead), "q3")
    message = str(caught.value)
    assert message.startswith("experiments/q3.toml: ")
    for words in said:
        assert words in message


def test_a_backend_that_starts_processes_needs_a_start_method() -> None:
    experiment = config.parse_experiment(GOOD.replace('start_method = "every"', ""), "q3")
    view = TargetView(
        name="t",
        start_methods=("fork",),
        has_fork=True,
        has_posix_spawn=True,
        has_interpreters=True,
        packages=PEERS,
    )
    with pytest.raises(ConfigError, match=r"q3\.toml.*needs a start_method"):
        expand([experiment], 2, [view])


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('estimand = "ratio"', 'estimand = "ratios"', ["estimand"]),
        ("{of} {to} {ratio}", "{of} {ratoi}", ["finding", "ratoi", "did you mean 'ratio'"]),
        ('backend = "call" }', 'backed = "call" }', ["one", "of", "backed", "did you mean 'backend'"]),
        ('backend = "call" }', 'backend = "cal" }', ["of.backend", "did you mean 'call'"]),
        ('direction = "above"', 'direction = "always"', ["proportions"]),
        ('to = { pattern = "map", backend = "pool", start_method = "fork", workers = "cpus" }', "", ["needs 'to'"]),
        ('question = "Q1"', 'question = "Q1"\ntreshold = 2', ["treshold", "did you mean 'threshold'"]),
    ],
)
def test_a_mistake_in_a_claim_is_named(line: str, instead: str, said: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        config.parse_claims(CLAIM.replace(line, instead))
    message = str(caught.value)
    assert message.startswith("experiments/claims.toml: ")
    for words in said:
        assert words in message


def test_two_claims_with_one_id_are_refused() -> None:
    with pytest.raises(ConfigError, match="used before"):
        config.parse_claims(CLAIM + CLAIM.replace("\nschema = 1\n", "\n"))


@pytest.mark.parametrize("usable_cpus", [1, 2, 3, 16])
def test_every_committed_claim_names_cells_that_an_experiment_measures(usable_cpus: int) -> None:
    texts = config.read_texts(ROOT / "experiments")
    expansion = expand(config.experiments_in(texts), usable_cpus, [EVERYTHING])
    measured = {cell for curve in expansion.curves for cell in curve.cells}
    for claim in config.claims_in(texts):
        for selector in (claim.of, claim.to):
            if selector is not None:
                assert config.cell_of(selector, usable_cpus, "claims.toml", claim.id) in measured, claim.id


def test_every_question_has_one_headline_claim() -> None:
    claims = config.claims_in(config.read_texts(ROOT / "experiments"))
    assert sorted(claim.question for claim in claims if claim.headline) == ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6"]
