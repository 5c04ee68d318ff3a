"""The probe's own rules: which items it tries, what it says, what it needs of the interpreter."""

from __future__ import annotations

import ast
import importlib
import itertools
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from study.advise.probe import beside, function, look, memory, pickles, pools, refused, sampling, starts, workers
from study.advise.probe.answers import Answers
from study.things.backends import POOL, PROCESS_EXECUTOR, THREAD_EXECUTOR
from study.things.written import WRITTEN
from tests.advise.advised import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

PROBE = Path(pickles.__file__).parent


def test_the_probe_needs_the_standard_library_alone() -> None:
    for path in sorted(PROBE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                assert name.partition(".")[0] in sys.stdlib_module_names, f"{path.name}: {name}"


def test_what_a_child_imports_of_the_main_module_is_next_to_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty.py"
    empty.write_text("from __future__ import annotations\nimport os, sys\n", encoding="utf-8")
    program = f"""
import runpy, sys
runpy.run_path({str(empty)!r}, run_name="__mp_main__")
before = set(sys.modules)
runpy.run_path({str(PROBE / "main.py")!r}, run_name="__mp_main__")
print(sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert ast.literal_eval(done.stdout) == ["_study_probe"]


def test_every_shape_in_which_a_way_is_written_is_known_to_the_probe() -> None:
    known = {pools.LOOP, pools.MAP, pools.EXECUTOR, pools.ALONE, pools.BATCHES}
    assert {written.shape for written in WRITTEN.values()} == known


@pytest.mark.parametrize(
    ("count", "groups", "size"),
    [(20, 5, 1), (1000, 7, 3), (5, 9, 1), (3, 1, 10), (1, 1, 1), (100, 100, 1), (64, 16, 4)],
)
def test_a_sample_is_spread_over_the_list_and_holds_no_item_twice(count: int, groups: int, size: int) -> None:
    found = sampling.strides(count, groups, size)
    items = [index for group in found for index in group]
    assert items == sorted(set(items))
    assert items[0] >= 0
    assert items[-1] < count
    assert len(found) <= max(1, groups)
    if len(found) > 1:
        gaps = [later.start - earlier.start for earlier, later in itertools.pairwise(found)]
        assert max(gaps) - min(gaps) <= 1
        assert found[0].start <= max(gaps)
        assert count - found[-1].stop <= max(gaps)


@pytest.mark.parametrize(
    ("count", "item_s", "budget_s", "sampled"),
    [
        (10_000, 1e-3, 10.0, 1000),  # a quarter would be 2.5 s: no more than one second
        (400, 1e-3, 10.0, 150),  # 0.15 s
        (40, 1e-2, 10.0, 15),
        (8, 2.0, 10.0, 1),
        (1, 1e-6, 10.0, 1),
        (1000, 1e-3, 0.05, 50),  # the budget
    ],
)
def test_a_sample_lasts_as_long_as_it_should(count: int, item_s: float, budget_s: float, sampled: int) -> None:
    assert sampling.size_of_sample(count, item_s, budget_s) == pytest.approx(sampled, abs=1)


def test_short_items_are_timed_in_groups_and_long_ones_alone() -> None:
    assert sampling.group_size(1e-3) == 1
    assert sampling.group_size(sampling.SHORTEST_TIMED_S) == 1
    assert sampling.group_size(1e-6) == pytest.approx(200, abs=1)
    assert {len(group) for group in sampling.plan(100_000, 1e-6, 1.0)} == {sampling.group_size(1e-6)}


def test_items_for_threads_are_enough_and_go_round_a_short_list() -> None:
    chosen = beside.chosen_of(3, 1e-3, 4, beside.SHORTEST_S)
    assert len(chosen) == 100
    assert set(chosen) == {0, 1, 2}
    assert len(beside.chosen_of(3, 1e-3, 4, 0.0)) == 4
    assert len(beside.chosen_of(10**6, 1e-9, 4, beside.SHORTEST_S)) == beside.MOST_ITEMS


def test_items_come_from_lines_of_json_without_the_empty_ones() -> None:
    assert function.items_of({"lines": str(FUNCTIONS / "lines.jsonl")}) == [{"n": 1}, {"n": 2}, [3]]


def test_a_torn_line_is_named() -> None:
    with pytest.raises(refused.RefusedError) as raised:
        function.items_of({"lines": str(FUNCTIONS / "torn.jsonl")})
    assert raised.value.facts["what"] == "no json"
    assert raised.value.facts["line"] == 2


def test_calls_without_an_argument_need_no_list() -> None:
    assert function.items_of({"times": 10**9}) == range(10**9)
    assert function.Repeated(lambda: 7)(3) == 7


def test_an_answer_is_lines_and_a_mark_that_outlive_closed_descriptors(tmp_path: Path) -> None:
    answers = Answers(str(tmp_path / "answer"))
    answers.begin("first")
    answers.at(41)
    answers.say("done", {"a": 1})
    lines = (tmp_path / "answer").read_text(encoding="ascii").splitlines()
    assert [json.loads(line) for line in lines] == [{"begun": "first"}, {"done": {"a": 1}}]
    assert int.from_bytes((tmp_path / "answer.at").read_bytes(), "little") == 42


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a copy of a process")
def test_a_copy_that_comes_out_of_a_call_is_told_and_ends(tmp_path: Path) -> None:
    answers = Answers(str(tmp_path / "answer"))
    copy = os.fork()
    if copy == 0:
        answers.say("done", {})
        os._exit(9)
    _, status = os.waitpid(copy, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert json.loads((tmp_path / "answer").read_text(encoding="ascii")) == {"twice": True}


def answers_in(folder: Path) -> Answers:
    return Answers(str(folder / "answer"))


def test_items_that_are_longer_than_they_looked_are_timed_as_far_as_there_is_time(tmp_path: Path) -> None:
    groups = sampling.strides(1600, 160, 1)
    found = sampling.timed(lambda _: time.sleep(0.01), range(1600), groups, answers_in(tmp_path), 0.1)
    assert 1 <= len(found) < len(groups) // 2
    assert [group[0] for group in found] == sorted(group[0] for group in found)
    scattered = [group.start for group in sampling.scattered(groups)[:20]]
    assert min(scattered) < 100
    assert max(scattered) > 1400
    whole = sampling.timed(lambda item: item, range(1600), groups, answers_in(tmp_path), 60.0)
    assert [group[0] for group in whole] == [group.start for group in groups]


def test_threads_get_the_items_that_the_loop_had_time_for(tmp_path: Path) -> None:
    called: list[int] = []

    def sleeps(item: int) -> None:
        called.append(item)
        time.sleep(0.01)

    subject = cast("Any", SimpleNamespace(function=sleeps, items=range(100)))
    beside._turn(subject, range(100), 2, answers_in(tmp_path), 1, 0.05)
    half = len(called) // 2
    assert half < 50
    assert sorted(called[:half]) == sorted(called[half:]) == list(range(half))


def test_results_are_kept_while_a_loop_and_threads_go_through_the_items_until_they_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: set[int] = set()

    class Result:
        def __init__(self, number: int) -> None:
            self.number = number
            there.add(number)

        def __del__(self) -> None:
            there.discard(self.number)

    def exhaust() -> list[int]:
        seen = []

        def results() -> Iterator[Result]:
            for number in range(20):
                yield Result(number)
                seen.append(len(there))

        beside._exhaust(
            results(), cast("Any", SimpleNamespace(items=range(20))), range(20), answers_in(tmp_path), 1, math.inf
        )
        return seen

    assert exhaust() == list(range(1, 20))
    monkeypatch.setattr(beside, "LOOK_EACH_S", -1.0)
    monkeypatch.setattr(memory, "resident_bytes", lambda: 0)
    assert max(exhaust()) <= 2
    monkeypatch.undo()
    monkeypatch.setattr(beside, "LOOK_EACH_S", -1.0)
    monkeypatch.setattr(sampling, "MOST_KEPT_BYTES", -1)
    assert max(exhaust()) <= 2


def test_the_first_pool_of_every_way_is_looked_at_whatever_the_time_and_no_later_one_when_it_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[tuple[str, int]] = []

    def life(way: dict[str, Any], workers: int, module: str | int = "") -> dict[str, Any]:
        del module  # or the chunks of each worker
        if way["backend"] == "fails":
            raise RuntimeError("no")
        turns.append((way["backend"], workers))
        return {}

    monkeypatch.setattr(starts, "_life", life)
    monkeypatch.setattr(starts, "_placed", life)
    monkeypatch.setattr(starts, "PLACED_STEPS", 10)
    monkeypatch.setattr(starts, "Subject", lambda *_: None)
    ways = [
        {"backend": name, "method": method, "shape": pools.LOOP}
        for name, method in (("a", "fork"), ("b", "spawn"), ("fails", "x"))
    ]
    order = {"function": "m:f", "ways": ways, "workers": [2, 1], "repeats": 2, "chunks": 0}
    late = starts.measure({**order, "budget_s": -1.0}, answers_in(tmp_path))
    assert turns == [("a", 2), ("b", 2)]
    assert late["failed"] == {"x": "RuntimeError: no"}
    assert [(told["backend"], told["first"], told["later"]) for told in late["starts"]] == [
        ("a", {}, []),
        ("b", {}, []),
    ]
    turns.clear()
    calm = starts.measure({**order, "budget_s": 60.0}, answers_in(tmp_path))
    assert turns == [("a", 2), ("b", 2), *[("a", 2), ("b", 2), ("a", 1), ("b", 1)] * 2]
    assert [len(told["later"]) for told in calm["starts"]] == [4, 4]
    placed = starts.measure({**order, "repeats": 0, "chunks": 4, "budget_s": 60.0}, answers_in(tmp_path))
    assert [(told["first"], set(told["placed"])) for told in placed["starts"]] == [(None, {"alone_s"})] * 2


def test_groups_of_a_short_list_come_again_until_a_clock_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def timed(_: bytes) -> tuple[int, float, float, float, float]:
        time.sleep(0.001)
        return 1, 0.0, 0.001, 0.0, 0.001

    said: list[dict[str, Any]] = []
    pipe: Any = SimpleNamespace(send=said.append, close=lambda: None)
    together: Any = SimpleNamespace(wait=lambda _: None, abort=lambda: None, parties=1)
    monkeypatch.setattr(workers, "_group", timed)
    for longest_s, wanted_s in ((60.0, 0.02), (60.0, 0.0), (0.0, 0.0)):
        workers._work(pipe, together, abs, [b""] * 4, 0, longest_s, wanted_s)
    again, each_once, out_of_time = [len(answer["groups"]) for answer in said]
    assert 3 < again <= 21
    assert each_once == 3
    assert out_of_time == 1


def test_the_results_of_a_sample_are_kept_as_those_of_a_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[int] = []

    class Result:
        def __init__(self) -> None:
            alive.append(1)

        def __del__(self) -> None:
            alive.pop()

    seen: list[int] = []

    def made(_: int) -> Result:
        seen.append(len(alive))
        return Result()

    groups = sampling.strides(50, 50, 1)
    sampling.timed(made, range(50), groups, answers_in(tmp_path), 60.0)
    assert seen == list(range(50))
    seen.clear()
    monkeypatch.setattr(sampling, "MOST_KEPT_BYTES", -(1 << 40))
    sampling.timed(made, range(50), groups, answers_in(tmp_path), 60.0)
    assert max(seen) <= 1


def test_what_an_item_takes_is_told_by_several_of_them(tmp_path: Path) -> None:
    called: list[int] = []

    def uneven(item: int) -> None:
        called.append(item)
        time.sleep(0.0 if item % 2 == 0 else 0.002)

    subject = cast("Any", SimpleNamespace(function=uneven, items=range(1001)))
    assert len(look._few(subject, 0.0, answers_in(tmp_path))) == len(called) == look.FEW
    assert len({item % 2 for item in called}) == 2
    assert look._few(subject, look.FEW_S, answers_in(tmp_path)) == []


@pytest.mark.parametrize("size", [1, 7, 100])
def test_the_item_that_raises_is_named_whether_items_are_timed_alone_or_together(size: int, tmp_path: Path) -> None:
    def raises(item: int) -> int:
        if item == 61:
            raise ValueError("no")
        return item

    subject = cast("Any", SimpleNamespace(function=raises, items=range(100)))
    with pytest.raises(refused.RefusedError) as of_sample:
        sampling.timed(raises, range(100), sampling.strides(100, 100 // size, size), answers_in(tmp_path), 60.0)
    with pytest.raises(refused.RefusedError) as of_loop:
        beside._turn(subject, range(100), 2, answers_in(tmp_path), size, 60.0)
    assert of_sample.value.facts["item"] == of_loop.value.facts["item"] == 61
    assert of_loop.value.facts["last"] == "ValueError: no"


def test_what_a_program_imports_at_its_top_is_loaded_before_a_way_is_timed() -> None:
    asked = (
        "import json, sys; sys.path.insert(0, sys.argv[1])\n"
        "from study.advise.probe import pools\n"
        "before = set(sys.modules); pools.load(json.loads(sys.argv[2]))\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    root = str(Path(pools.__file__).parents[3])
    wanted = {POOL.name: "multiprocessing.pool", PROCESS_EXECUTOR.name: "concurrent.futures.process",
              THREAD_EXECUTOR.name: "concurrent.futures.thread"}  # fmt: skip
    for name, module in wanted.items():
        way = json.dumps({"shape": WRITTEN[name].shape, "made": WRITTEN[name].made})
        said = subprocess.run(
            [sys.executable, "-c", asked, root, way], capture_output=True, text=True, check=True
        ).stdout
        assert module in said.split()


@pytest.mark.parametrize(
    ("text", "place"), [("1 +\n", ""), ("1\nimport nowhere_to_be_found\n", "it_fails.py, line 2"), (None, "")]
)
def test_a_failed_import_is_told_at_the_readers_own_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, place: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "it_fails", raising=False)
    if text is not None:
        (tmp_path / "it_fails.py").write_text(text, encoding="utf-8")
    with pytest.raises((ImportError, SyntaxError)) as caught:
        importlib.import_module("it_fails")
    caught.value.__traceback__ = (
        caught.value.__traceback__ and caught.value.__traceback__.tb_next
    )  # without this test's
    assert refused.place_of(caught.value) == place
