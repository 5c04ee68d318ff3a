"""What sending takes, and the smallest part that cannot be sent, as the probe finds them."""

from __future__ import annotations

import functools
import itertools
import pickle
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from study.advise.probe import pickles


class Held:
    """Something with a part that cannot be sent."""

    def __init__(self) -> None:
        self.fine = 1
        self.inner = [{"a": (threading.Lock(),)}]

    def method(self) -> None:
        """Do nothing."""


class Slotted:
    __slots__ = ("inner",)

    def __init__(self) -> None:
        self.inner = threading.Lock()


@pytest.mark.parametrize(
    ("value", "path", "kind"),
    [
        (threading.Lock(), "", "lock"),
        ({"a": 1, "b": [0, threading.Lock()]}, "['b'][1]", "lock"),
        (Held(), ".inner[0]['a'][0]", "lock"),
        (Held().method, ".__self__.inner[0]['a'][0]", "lock"),
        (Slotted(), ".inner", "lock"),
        (functools.partial(print, threading.Lock()), ".args[0]", "lock"),
        ([1, lambda: 1], "[1]", "function"),
        ((step for step in "ab"), "", "generator"),
    ],
)
def test_the_smallest_part_that_cannot_be_sent_is_found(value: object, path: str, kind: str) -> None:
    fault = pickles.fault_of(value)
    assert fault is not None
    assert (fault["path"], fault["type"]) == (path, kind)
    assert "ickle" in fault["why"] or "lookup" in fault["why"]


def test_what_can_be_sent_has_no_fault_even_where_it_holds_itself() -> None:
    loop: list[Any] = [1, {"a": "b"}, Path("x")]
    loop.append(loop)
    assert pickles.fault_of(loop) is None


def test_what_holds_itself_and_a_lock_is_walked_once() -> None:
    loop: list[Any] = []
    loop.append(loop)
    loop.append({"lock": threading.Lock()})
    fault = pickles.fault_of(loop)
    assert fault is not None
    assert fault["path"] == "[1]['lock']"


def test_a_message_s_cost_is_its_bytes_and_two_times() -> None:
    cost = pickles.cost_of(b"x" * 1000)
    assert 1000 < cost["bytes"] < 1100
    assert cost["dump_s"] > 0
    assert 0 < cost["load_s"] <= cost["kept_s"]


def test_what_reading_takes_while_all_is_kept_counts_the_reads_that_take_longest_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads = itertools.count()
    read = pickle.loads

    def loads(message: bytes) -> object:
        until_s = time.perf_counter() + (5e-3 if next(reads) % 4 == 3 else 0.0)
        while time.perf_counter() < until_s:
            pass
        return read(message)

    monkeypatch.setattr(pickles, "LONGEST_S", 60.0)
    monkeypatch.setattr(pickles, "pickle", SimpleNamespace(loads=loads, DEFAULT_PROTOCOL=4))
    cost = pickles.cost_of(list(range(10)))
    assert next(reads) == pickles.MOST_REPEATS
    assert cost["kept_s"] > 10 * cost["load_s"]


def test_a_large_message_is_counted_and_never_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickles, "LARGEST_KEPT", 100)
    cost = pickles.cost_of(b"x" * 1000)
    assert cost["guessed"] == 1
    assert cost["dump_s"] == cost["load_s"] == cost["kept_s"]
