"""How often whole runs are called different: the share over pairs of runs, and pyperf's rule."""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pyperf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyperf._utils import tdist95conf_level
from scipy.stats import t as student

from study import stats
from study.stats.called import critical_of_pyperf
from tests.estimates import ends

if TYPE_CHECKING:
    from pathlib import Path


# The share of pairs


def every_pair(runs: int) -> list[tuple[int, int]]:
    return list(itertools.combinations(range(runs), 2))


def test_the_jackknife_by_hand() -> None:
    pairs = every_pair(5)
    called = np.array([[0 in pair] for pair in pairs])  # one odd run: 4 of 10 pairs
    found = stats.share_called(called, pairs, 5)
    without = np.array([0.0, 0.5, 0.5, 0.5, 0.5])
    error = math.sqrt(4 / 5 * float(((without - without.mean()) ** 2).sum()))
    odds = 0.4 / 0.6 * math.exp(float(student.ppf(0.95, 4)) * error / (0.4 * 0.6))
    assert found.point == pytest.approx(0.4)
    assert ends(found) == pytest.approx((0.0, odds / (1 + odds)))
    assert found.n == 5


def test_where_nothing_was_called_only_disjoint_pairs_count() -> None:
    pairs = every_pair(8)
    found = stats.share_called(np.zeros((28, 3), dtype=bool), pairs, 8)
    assert ends(found) == pytest.approx((0.0, 1 - 0.05 ** (1 / 4)))
    assert stats.share_called(np.ones((28, 3), dtype=bool), pairs, 8).high == 1.0


def test_too_few_runs_have_no_limit_and_no_pairs_no_share() -> None:
    few = stats.share_called(np.zeros((6, 2), dtype=bool), every_pair(4), 4)
    assert (few.point, few.high) == (0.0, None)
    assert stats.share_called(np.zeros((0, 2), dtype=bool), [], 0).point is None
    star = stats.share_called([[True], [False], [True], [False]], [(0, 1), (0, 2), (0, 3), (0, 4)], 5)
    assert star.high is None
    assert "in common" in star.reason


def test_what_was_not_compared_counts_nowhere() -> None:
    pairs = every_pair(6)
    called = np.array([[0 in pair, True] for pair in pairs])
    made = np.array([[5 not in pair, False] for pair in pairs])
    found = stats.share_called(called, pairs, 6, made=made)
    alone = stats.share_called([[0 in pair] for pair in every_pair(5)], every_pair(5), 5)
    assert (found.point, found.n, *ends(found)) == (alone.point, 5, *ends(alone))
    assert stats.share_called(called, pairs, 6, made=np.zeros_like(made)).point is None
    with pytest.raises(ValueError, match="made: expected shape"):
        stats.share_called(called, pairs, 6, made=made[:, :1])


@given(st.permutations(range(7)), st.lists(st.booleans(), min_size=42, max_size=42))
def test_the_names_of_runs_do_not_matter(names: list[int], flags: list[bool]) -> None:
    called, pairs = np.array(flags).reshape(21, 2), every_pair(7)
    plain = stats.share_called(called, pairs, 7)
    renamed = stats.share_called(called, [(names[i], names[j]) for i, j in pairs], 7)
    assert renamed.point == plain.point
    assert ends(renamed) == pytest.approx(ends(plain))


def test_the_limit_of_the_share_is_kept() -> None:
    rng = np.random.default_rng(4)
    pairs, kept, repeats = every_pair(14), 0, 300
    truth = 2 * float(student.sf(2.0, 1e6))
    for _ in range(repeats):
        levels = rng.normal(0, 1, (14, 3))  # what makes pairs dependent: a run has one level
        called = np.array([np.abs(levels[i] - levels[j]) / math.sqrt(2) > 2.0 for i, j in pairs])
        limit = stats.share_called(called, pairs, 14).high
        assert limit is not None
        kept += limit >= truth
    assert kept / repeats > 0.94


# pyperf's rule


@pytest.mark.parametrize("df", [*range(1, 240), 1000])
def test_the_limits_are_those_of_pyperfs_table(df: int) -> None:
    assert critical_of_pyperf(df) == tdist95conf_level(df)


def suite(path: Path, benchmarks: list[list[float]]) -> str:
    made = [
        pyperf.Benchmark(
            [
                pyperf.Run(values[at : at + 3], metadata={"name": f"b{index}", "loops": 1}, collect_metadata=False)
                for at in range(0, len(values), 3)
            ]
        )
        for index, values in enumerate(benchmarks)
    ]
    pyperf.BenchmarkSuite(made).dump(str(path))
    return str(path)


def test_pyperf_calls_the_same_pairs_different(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    pairs = []
    for index in range(40):
        processes = int(rng.integers(2, 21))
        shift = (0.0, 0.01, 0.03, 0.08)[index % 4]
        pairs.append([rng.lognormal(move, 0.05, 3 * processes).tolist() for move in (0.0, shift)])
    pairs += [[[1.0, 1.1, 0.9], [1.0, 1.1, 0.9, 1.0, 1.1, 0.9]], [[1.0] * 6, [1.0] * 6], [[1.0], [1.1]]]
    first = suite(tmp_path / "first.json", [a for a, _ in pairs])
    second = suite(tmp_path / "second.json", [b for _, b in pairs])
    command = [sys.executable, "-m", "pyperf", "compare_to", "--table", first, second]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    hidden = printed.split("not significant (")[1].split(": ", 1)[1].splitlines()[0].split(", ")
    ours = [f"b{index}" for index, (a, b) in enumerate(pairs) if not stats.pooled_t_significant(a, b)]
    assert sorted(hidden) == sorted(ours)
    assert 10 < len(ours) < len(pairs) - 10
    assert json.loads((tmp_path / "first.json").read_text(encoding="utf-8"))["benchmarks"]
