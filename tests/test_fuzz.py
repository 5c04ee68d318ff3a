"""Two thousand files made wrong, grown from the project's own results and experiments (`nox -s fuzz` makes more)."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

if sys.platform == "win32":
    pytest.skip("the limits and the kinds of file are those of Unix", allow_module_level=True)

from tests.fuzz.material import material
from tests.fuzz.session import batch, table
from tests.fuzz.trial import Trials

if TYPE_CHECKING:
    from pathlib import Path

INPUTS = 2_000
SEED = 20261127


def test_nothing_but_the_studys_own_errors_comes_out_of_wrong_files(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:  # whose memory no other test has used
        outcomes = pool.submit(batch, SEED, 0, INPUTS).result()
    assert not [one for one in outcomes if one.failure]
    kinds = Trials(tmp_path, SEED, material()).kinds
    assert table(outcomes).count("\n") == len(kinds)
    for kind in kinds:
        mine = [one.refused for one in outcomes if one.kind == kind]
        assert any(mine), f"no {kind} was refused: the inputs are not wrong"
        assert not all(mine), f"every {kind} was refused: the inputs do not get far"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_input_that_lets_another_error_out_fails(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials = Trials(tmp_path, SEED, material())

    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(trials, "_through", broken)
    outcome = trials(number)
    assert outcome.failure.startswith("KeyError")
