"""What a gate promises is tried on a gate that decides as the real one does, and under what a user may ask of it."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest

from study import stats, store
from study.gate import GateWish
from study.gate.decided import WORDS, decided
from study.lab.simulate import Noise
from study.lab.validate import gate, played
from study.run.gate_arms import AGAIN_EVERY
from study.stats import sequential

if TYPE_CHECKING:
    from study.lab.validate.promise import Promise
    from study.run.looks import Means

GATES = 40
CALM, WILD = Noise(process_cv=0.02), Noise(process_cv=0.15)
RECORD = store.GateRecord(
    base="b-base",
    head="h-head",
    again="b-base-again",
    limit=played.LIMIT,
    same=played.SAME,
    looks=list(sequential.LOOKS),
)


def means_of(d: np.ndarray) -> Means:
    """Times of one gate's cells, of which head's differ by `d`, shape (cells, rounds)."""
    found: Means = {}
    for number, differences in enumerate(d):
        found[RECORD.base, str(number)] = dict.fromkeys(range(differences.size), 1.0)
        found[RECORD.head, str(number)] = {index: math.exp(float(away)) for index, away in enumerate(differences)}
    return found


def promises(noise: Noise, studies: int = GATES) -> dict[str, Promise]:
    trial = gate.trials({"a noise": noise})["gate, its word, a noise"]
    return {promise.what: promise for promise in trial(studies, np.random.default_rng(2))}


def test_a_gate_that_is_played_says_what_the_real_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(played, "BUDGET_S", 1e9)
    rng = np.random.default_rng(7)
    true = rng.choice([0.0, 0.05, 0.1, 0.2], (GATES, 3, 1))
    d = np.log1p(true) + rng.normal(0.0, 0.12, (GATES, 3, sequential.LOOKS[-1]))
    drawn = [d[start : start + played.AT_ONCE] for start in range(0, GATES, played.AT_ONCE)]
    parts = iter(played.Drawn(part, part[:, :, 0] > 0.0) for part in drawn)
    events = [played.Event(np.array([cell]), 1.0) for cell in range(3)]
    found = played.ended(lambda _studies, _rng: next(parts), events, GATES, rng)
    verdicts = found.verdicts()
    assert {str(word) for word in verdicts} == {"slower", "blind", "pass"}
    for number in range(GATES):
        real = decided(means_of(d[number]), RECORD, sequential.LOOKS[-1])
        assert verdicts[number] == real.verdict
        assert [WORDS[int(state)] for state in found.states[number]] == [cell.word for cell in real.cells]
        assert found.low[number] == pytest.approx([cell.low for cell in real.cells])
        assert found.high[number] == pytest.approx([cell.high for cell in real.cells])


def test_a_gate_whose_time_is_up_has_looked_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(played, "BUDGET_S", 15.0)
    d = np.random.default_rng(3).normal(0.0, 0.12, (1, 1, sequential.LOOKS[-1]))
    found = played.ended(
        lambda _studies, _rng: played.Drawn(d, d[:, :, 0] > 0.0),
        [played.Event(np.array([0]), 1.0)],
        1,
        np.random.default_rng(1),
    )
    assert float(found.mean[0, 0]) == pytest.approx(float(d[0, 0, :15].mean()))


def test_of_a_calm_cell_the_word_follows_the_limit() -> None:
    found = promises(CALM)
    assert found["all cells are equal, limit 10 %: “gate: slower”"].hits <= 4
    assert found["all cells are equal, limit 10 %: “gate: pass”"].hits >= GATES - 4
    assert found["one cell is slower by 5.0 %, limit 10 %: “gate: slower”"].hits <= 4
    assert found["one cell is slower by 10 %, limit 10 %: “gate: pass”"].hits <= 4
    assert found["one cell is slower by 20 %, limit 10 %: “gate: slower”"].hits == GATES
    assert found["one cell is slower by 20 %, limit 10 %: “gate: pass”"].hits == 0
    held = [promise for what, promise in found.items() if "holds its true ratio" in what]
    assert len(held) == 4
    assert all(promise.hits >= 0.85 * GATES for promise in held)
    assert all(promise.trials == GATES for promise in found.values())


def test_of_what_scatters_too_much_it_is_not_promised_that_it_fails_but_that_it_does_not_pass() -> None:
    found = promises(WILD, 2)
    fails, passes = (found[f"one cell is slower by 20 %, limit 10 %: “gate: {word}”"] for word in ("slower", "pass"))
    assert fails.promised is None
    assert (passes.side, passes.promised) == ("at most", stats.LEVEL)
    at_limit = found["one cell is slower by 10 %, limit 10 %: “gate: slower”"]
    assert at_limit.promised is None  # a coin


def test_a_cell_at_the_margin_is_asked_by_itself() -> None:
    (what,) = (what for what in promises(CALM, 2) if "within which cells are the same" in what)
    assert what.endswith("is called the same, each cell by itself")


def test_the_third_arm_is_asked_after_the_shortest_gate_that_tells_it_and_the_longest() -> None:
    whats = [what for what in promises(CALM, 2) if what.startswith("the third arm")]
    assert [what.partition(":")[0] for what in whats] == [
        "the third arm, after 20 rounds",
        "the third arm, after 160 rounds",
    ]


def test_what_is_tried_is_what_a_gate_does_when_nothing_is_asked() -> None:
    usual = {field.name: field.default for field in fields(GateWish)}
    assert (usual["same"], usual["limit"]) == (played.SAME, played.LIMIT)
    assert gate.AGAIN_EVERY == AGAIN_EVERY
    assert any(math.isclose(effect, played.SAME) for effect in gate.ONE_SLOWER)
