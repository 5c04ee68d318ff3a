"""What is said of a probe whose numbers are known: the answer, its table, its code, and why."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest

from study.advise.command import foretold
from study.advise.costs import Stored
from study.advise.model.intervals import Errors, Tried
from study.advise.model.job import Way
from study.advise.outcome import COLUMNS, NO_INTERVAL, Advice, said_of, shown
from study.advise.pasting import GUARD, code_of, warnings_of, way_words
from study.advise.rendered import _escaped, json_of, markdown_of, text_of
from study.advise.verify import Verified, chosen, order_of
from study.errors import UsageError
from study.plain import writable
from study.things import BACKENDS
from study.things.backends import CALL, INTERPRETER_EXECUTOR, POOL, PROCESS_EXECUTOR, THREAD_EXECUTOR
from study.things.handing import HANDING
from study.things.peers import LOKY
from study.things.start_methods import FORK, SPAWN
from study.things.written import WRITTEN
from tests.advise import made_up


def advice(**changes: object) -> Advice:
    return foretold(made_up.WISH, made_up.READER, made_up.probed(**changes))


def part(found: Advice, heading: str) -> str:
    return " ".join(dict(said_of(found).parts)[heading])


def test_pure_python_of_a_millisecond_goes_to_a_pool_of_both_cpus() -> None:
    said = said_of(advice())
    assert said.sentence.startswith("Use a Pool of 2 under fork: about 1.")
    assert "for 2000 items instead of 2.00 s in a plain loop" in said.sentence
    assert "times as fast" in said.sentence
    assert said.code == (
        "import multiprocessing\n"
        "\n"
        "from well import computes, items\n"
        "\n"
        f"{GUARD}\n"
        '    with multiprocessing.get_context("fork").Pool(2) as pool:\n'
        "        results = pool.map(computes, items())\n"
    )


def test_the_table_has_the_loop_the_way_to_take_and_an_interval_only_where_one_is_known() -> None:
    head, *rows = said_of(advice()).table
    assert head == COLUMNS
    ways = [row[0] for row in rows]
    assert "plain loop" in ways
    assert "Pool of 2 under fork (take this)" in ways
    assert {row[2] for row in rows} == {NO_INTERVAL}
    loop = dict(zip(COLUMNS, rows[ways.index("plain loop")], strict=True))
    assert (loop["time"], loop["of the loop"]) == ("2.00 s", "100 %")


def test_the_table_has_one_row_of_each_way_beside_the_one_to_take() -> None:
    answer = advice().answer
    rows = [(way.way.backend, way.way.start_method) for way in shown(answer) if way.way != answer.picked.way]
    assert len(rows) == len(set(rows))
    assert {BACKENDS[backend].kind for backend, _ in rows} == {"loop", "thread", "process"}


def test_why_names_the_item_the_threads_the_data_and_what_holds_the_best_way_up() -> None:
    why = part(advice(), "Why")
    assert "An item takes 1.00 ms: the mean of 150 places in the list." in why
    assert "2 threads take 1.02 times what the loop takes for the same items: the function holds the GIL" in why
    assert "An item is 4 B on its way to a worker and its result 4 B on the way back" in why
    assert "the items themselves" in why


def test_a_function_that_lets_go_of_the_gil_and_waits_goes_to_threads() -> None:
    waiting = made_up.sample(cpu_s=0.05 * made_up.ITEM_S)
    parts = dict(made_up.probed().parts)
    found = advice(parts={**parts, "sample": (waiting,) * 3, "beside": (made_up.beside(0.5),)})
    assert BACKENDS[found.answer.picked.way.backend].kind == "thread"
    assert found.job.waits == pytest.approx(0.95)
    assert "of which 95 % is waiting" in part(found, "Why")
    assert "lets go of the GIL, or waits" in part(found, "Why")
    assert GUARD not in said_of(found).code


@pytest.mark.parametrize(
    ("share", "foreign", "words"),
    [
        (0.45, 0.0, "the function lets go of the GIL, or waits"),
        (0.45, 0.7, "which says little while others kept CPUs busy"),
        (0.85, 0.0, "the function holds the GIL, and threads take turns"),
    ],
)
def test_what_threads_gain_is_put_down_to_the_gil_alone_where_it_is_clear(
    share: float, foreign: float, words: str
) -> None:
    parts = {**made_up.probed().parts, "beside": (made_up.beside(share),)}
    assert words in part(advice(parts=parts, foreign=foreign), "Why")


def test_next_to_nothing_stays_in_the_loop_and_is_told_from_where_on_it_would_not() -> None:
    parts = dict(made_up.probed().parts)
    as_short = made_up.workers(alone=2e-6 / made_up.ITEM_S)
    found = advice(parts={**parts, "sample": (made_up.sample(2e-6),) * 3, "workers": (as_short,)})
    said = said_of(found)
    assert said.sentence.startswith("Stay with the plain loop: 2000 items take 4.00 ms in a plain loop;")
    assert said.code == "from well import computes, items\n\nresults = [computes(item) for item in items()]\n"
    assert "workers are worth it from" in part(found, "When it changes")


def test_of_items_that_take_a_minute_only_the_loop_is_foretold() -> None:
    slow = made_up.looked(first_s=60.0, first_cpu_s=60.0, again_s=60.0, again_cpu_s=60.0, count=10)
    found = advice(looked=made_up.heard("look", slow), heard=(), parts={}, only_loop=True)
    said = said_of(found)
    assert said.sentence == "10 items take 600 s in a plain loop; nothing else was looked at."
    assert "one item takes 1 min 0 s, and 10 of them in a loop 10 min 0 s" in part(found, "To be heeded")
    assert "With --budget 13m" in part(found, "To be heeded")
    assert "When it changes" not in dict(said.parts)


def test_what_cannot_be_sent_leaves_loop_and_threads() -> None:
    fault = {"path": "['lock']", "type": "lock", "value": "<lock>", "why": "TypeError: cannot pickle", "item": 3}
    parts = {name: parts for name, parts in made_up.probed().parts.items() if name in {"sample", "beside"}}
    bare = {name: value for name, value in made_up.sample().items() if name not in {"arguments", "results"}}
    looked = made_up.heard("look", made_up.looked(argument_fault=fault))
    found = advice(looked=looked, parts={**parts, "sample": (bare,)}, sends=False)
    assert {BACKENDS[way.way.backend].kind for way in found.answer.ways} == {"loop", "thread"}
    assert "item 3 of well:computes cannot be sent to another process: at ['lock'] in it stands lock" in part(
        found, "To be heeded"
    )


def test_what_fails_under_a_start_method_or_in_threads_is_told_beside_the_answer() -> None:
    starts = made_up.heard("starts", {**made_up.starts(), "failed": {SPAWN.name: "ImportError: gone"}})
    beside = made_up.heard("beside", {"beside": [], "fault": {"last": "ProgrammingError: wrong thread"}})
    heeded = part(advice(heard=(starts, beside)), "To be heeded")
    assert (
        "processes that begin by spawn fail with well (ImportError: gone): ways that need them are not looked at"
        in heeded
    )
    assert "fails in other threads of the program (ProgrammingError: wrong thread): threads are not looked at" in heeded


def test_a_busy_machine_is_told() -> None:
    assert "Others kept 0.7 CPUs busy while this was measured" in part(advice(foreign=0.7), "To be heeded")
    assert "Others kept" not in text_of(advice(foreign=0.05))


def test_what_is_not_stored_is_told_with_the_command_that_measures_it() -> None:
    python = {**made_up.looked()["python"], "has": [LOKY.package]}
    found = advice(looked=made_up.heard("look", made_up.looked(python=python)))
    assert "joblib: it is not known what handing out a chunk takes." in part(found, "Not looked at")
    assert "nox -s study -- --budget 2m" in part(found, "Not looked at")
    assert "No finished run" not in part(replace(found, run="box/20260101"), "Not looked at")


def test_every_way_that_is_foretold_can_be_written() -> None:
    assert list(WRITTEN) == list(HANDING)


WAYS = [
    Way(backend=CALL.name),
    Way(backend=THREAD_EXECUTOR.name, workers=4),
    Way(backend=POOL.name, start_method=SPAWN.name, workers=2, chunksize=16, is_own=False),
    Way(backend=PROCESS_EXECUTOR.name, start_method=FORK.name, workers=2),
    Way(backend=INTERPRETER_EXECUTOR.name, workers=2),
    Way(backend=LOKY.name, workers=2, chunksize=8, is_own=False),
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.backend)
@pytest.mark.parametrize("source", ["named", "lines", "repeated", "of another module"])
def test_the_code_to_copy_is_python_that_imports_what_it_uses(way: Way, source: str) -> None:
    wish = {
        "named": made_up.WISH,
        "lines": replace(made_up.WISH, items="", items_file=Path("/data/lines.jsonl")),
        "repeated": replace(made_up.WISH, function="well:first", items="", repeat=50),
        "of another module": replace(made_up.WISH, items="other:Store.items"),
    }[source]
    code = code_of(way, wish, items_called=False)
    tree = ast.parse(code)
    bound = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert loaded <= bound | defined | stored | {"list", "range", "open", "__name__"}
    assert "results" in stored
    assert (GUARD in code) == (not WRITTEN[way.backend].keeps_main)
    assert "{" not in code


def test_a_chosen_chunk_is_in_the_code_and_the_library_s_own_is_not() -> None:
    chosen_, own = (
        Way(backend=POOL.name, start_method=FORK.name, workers=2, chunksize=16, is_own=is_own)
        for is_own in (False, True)
    )
    assert "chunksize=16" in code_of(chosen_, made_up.WISH, items_called=False)
    assert "chunksize" not in code_of(own, made_up.WISH, items_called=False)
    assert way_words(chosen_) == "Pool of 2 under fork, chunks of 16"
    assert way_words(own) == "Pool of 2 under fork"


def test_what_a_start_method_asks_of_a_program_is_told() -> None:
    (copying,) = warnings_of(Way(backend=POOL.name, start_method=FORK.name, workers=2))
    (anew,) = warnings_of(Way(backend=POOL.name, start_method=SPAWN.name, workers=2))
    assert "before threads are started" in copying
    assert "each worker imports the main program again" in anew
    assert "In a notebook" in anew
    assert list(warnings_of(Way(backend=CALL.name))) == []


def test_markdown_and_json_say_what_the_terminal_says() -> None:
    found = advice()
    said = said_of(found)
    text, markdown, data = text_of(found), markdown_of(found), json.loads(json_of(found))
    assert " ".join(text.split()).startswith(" ".join(said.sentence.split()))
    assert data["sentence"] == said.sentence
    assert data["code"] == said.code
    assert [way["words"] for way in data["ways"]] == [way_words(way.way) for way in found.answer.ways]
    assert data["job"]["threads"] == {"2": pytest.approx(1.0)}
    assert f"```python\n{said.code}```" in markdown
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len(rows) == len(said.table) + 1
    for heading, sentences in said.parts:
        assert f"## {heading}" in markdown
        assert data["parts"][heading] == list(sentences)
        assert f"\n{heading}\n" in text


def test_markdown_has_no_marks_but_ours() -> None:
    assert _escaped("a_b*c|<d> `e_f` [g]") == "a\\_b\\*c\\|\\<d\\> `e_f` \\[g\\]"


def test_a_file_is_written_beside_the_reader_s_program_or_refused_beforehand(tmp_path: Path) -> None:
    assert writable(Path("out.md"), tmp_path) == tmp_path / "out.md"
    for path in (Path("no/such/out.md"), tmp_path):
        with pytest.raises(UsageError):
            writable(path, tmp_path)


def test_what_is_verified_is_the_loop_the_way_to_take_and_another() -> None:
    found = advice()
    ways = [foretold_.way for foretold_ in chosen(found.answer)]
    assert ways[:2] == [found.answer.loop.way, found.answer.picked.way]
    assert len(ways) == len(set(ways)) == 3


def test_an_order_leaves_the_library_its_own_chunks() -> None:
    way = Way(backend=POOL.name, start_method=FORK.name, workers=2, chunksize=250, is_own=True)
    assert order_of(way)["chunksize"] == 0
    assert order_of(replace(way, is_own=False))["chunksize"] == 250


def test_what_was_measured_stands_beside_what_was_foretold() -> None:
    found = advice()
    verified = (
        Verified(foretold=found.answer.loop, times_s=(2.2, 2.4, 2.2), cpu_s=(2.2, 2.4, 2.2)),
        Verified(foretold=found.answer.picked, times_s=(), cpu_s=(), reason="it raised"),
    )
    beside = part(replace(found, verified=verified), "Measured beside foretold")
    assert "Plain loop: foretold 2.00 s, measured 2.20 s (median of 3 times), 1.1 times what was foretold." in beside
    assert "Pool of 2 under fork: could not be measured (it raised)." in beside


def test_intervals_come_from_jobs_that_were_foretold_and_measured_and_say_where() -> None:
    way = Way(backend=POOL.name, start_method=FORK.name, workers=2, chunksize=250)
    tried = tuple(Tried("sort", way, 1.0, 1.0 + 0.01 * number) for number in range(-20, 21))
    stored = Stored(None, "", Errors(tried=tried), "this machine")
    found = foretold(made_up.WISH, made_up.READER, made_up.probed(), stored)
    sure = part(found, "How sure")
    assert "The intervals hold the time with a chance of 90 %, going by 41 jobs of other functions" in sure
    assert "foretold like this and then measured, on this machine" in sure
    row = next(row for row in said_of(found).table if "take this" in row[0])
    assert " to " in row[2]
    assert "How far these times may be off is not known:" in part(advice(), "How sure")
