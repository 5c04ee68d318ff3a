"""Functions that misbehave: each gets its sentence and its exit code, and nothing is left, neither a process nor a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.advise.advised import advised

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks, signals and folders of processes")

USAGE, FAILED = 1, 2
TWENTY = ("--items", "misbehave:twenty")

REFUSED = {
    "raises": (
        ("misbehave:raises_at_seven", *TWENTY),
        FAILED,
        "misbehave:raises_at_seven raises at item 7 (7): ValueError: seven is not allowed (misbehave.py, line",
    ),
    "raises what cannot be shown": (
        ("misbehave:raises_without_words", "--items", "misbehave:unshown"),
        FAILED,
        "misbehave:raises_without_words raises at item 0 (a Unshown): SpeechlessError (misbehave.py, line",
    ),
    "exits hard": (
        ("misbehave:exits_hard", *TWENTY),
        FAILED,
        "the process ended in a call of misbehave:exits_hard with item 0: exit code 3",
    ),
    "exits quietly": (
        ("misbehave:exits_quietly", *TWENTY),
        FAILED,
        "the process ended itself in a call of misbehave:exits_quietly with item 0, with exit code 0 and without a word",
    ),
    "exits politely": (
        ("misbehave:exits_politely", *TWENTY),
        FAILED,
        "misbehave:exits_politely ends the program at item 0 (0): SystemExit: no more after 0",
    ),
    "dies": (
        ("misbehave:dies", *TWENTY),
        FAILED,
        "the process ended in a call of misbehave:dies with item 0: killed by SIGSEGV",
    ),
    "kills itself": (
        ("misbehave:kills_itself", *TWENTY),
        FAILED,
        "the process ended in a call of misbehave:kills_itself with item 0: killed by SIGKILL",
    ),
    "prints without end": (
        ("misbehave:prints_without_end", *TWENTY),
        FAILED,
        "the process ended in a call of misbehave:prints_without_end with item 0: printed more than 16 MiB",
    ),
    "forks": (("misbehave:forks", *TWENTY), FAILED, "misbehave:forks forks, and the copy goes on behind the call"),
    "closes everything": (("misbehave:closes_everything", *TWENTY), FAILED, "a worker process ended in the middle of"),
    "some results cannot be sent": (
        ("misbehave:returns_a_lock_now_and_then", *TWENTY),
        FAILED,
        "some items or results of misbehave:returns_a_lock_now_and_then cannot be sent to another process, though the first",
    ),
    "lambda": (
        ("misbehave:nameless", *TWENTY),
        USAGE,
        (
            "misbehave:nameless is a lambda, which has no name that a worker process could import. Write it as"
            " `def nameless(item): …` at the top of misbehave"
        ),
    ),
    "closure": (
        ("misbehave:closure", *TWENTY),
        USAGE,
        "misbehave:closure was made inside another function (_made.<locals>.closure), where no worker process finds it",
    ),
    "method of an object with a lock": (
        ("misbehave:thing.method", *TWENTY),
        USAGE,
        "misbehave:thing.method holds lock at .__self__.inner['lock'], which cannot be sent",
    ),
    "method without an object": (
        ("misbehave:Thing.method", *TWENTY),
        USAGE,
        "is a method and gets no object here: name a function of the module that makes or finds the object",
    ),
    "two arguments": (
        ("misbehave:takes_two", *TWENTY),
        USAGE,
        "cannot be called with one item such as 0: missing a required argument: 'second'",
    ),
    "two arguments, and a default that cannot be shown": (
        ("misbehave:takes_two_and_unshown", *TWENTY),
        USAGE,
        "misbehave:takes_two_and_unshown(first, second, more) cannot be called with one item such as 0",
    ),
    "repeated with an argument": (
        ("misbehave:harmless", "--repeat", "5"),
        USAGE,
        "wants an argument, and --repeat calls it without",
    ),
    "async": (("misbehave:is_async", *TWENTY), USAGE, "misbehave:is_async is async: calling it does no work yet"),
    "generator": (("misbehave:generates", *TWENTY), USAGE, "misbehave:generates is a generator"),
    "no function": (("misbehave:number", *TWENTY), USAGE, "misbehave:number is no function but of type int"),
    "no such name": (("misbehave:harmles", *TWENTY), USAGE, "misbehave has no 'harmles': is it harmless?"),
    "no such module": (("misbehaves:harmless", *TWENTY), USAGE, "there is no module 'misbehaves' in"),
    "no items": (
        ("misbehave:harmless", "--items", "misbehave:nothing"),
        USAGE,
        "there are no items for misbehave:harmless: its list is empty",
    ),
    "items that fail": (
        ("misbehave:harmless", "--items", "misbehave:broken_items"),
        USAGE,
        "misbehave:broken_items gives no items at item 2: OSError: the disk is gone",
    ),
    "items that are no list": (
        ("misbehave:harmless", "--items", "misbehave:number"),
        USAGE,
        "misbehave:number gives no items: TypeError: 'int' object is not iterable",
    ),
    "torn lines": (
        ("misbehave:harmless", "--items-file", "torn.jsonl"),
        USAGE,
        "--items-file",
    ),
    "import raises": (
        ("import_raises:work", "--repeat", "3"),
        FAILED,
        "import_raises cannot be imported: RuntimeError: the license has expired (import_raises.py, line 5)",
    ),
    "import ends the program": (
        ("import_exits:work", *TWENTY),
        FAILED,
        "importing import_exits ends the program (SystemExit: all done): put what it runs under `if __name__",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_hinders_an_answer_is_told_in_a_sentence_and_leaves_nothing(case: str) -> None:
    words, code, sentence = REFUSED[case]
    found = advised(*words)
    assert sentence in found.complained
    assert found.code == code
    assert found.left == ()
    assert "Traceback" not in found.complained


def test_items_without_an_end_are_not_waited_for() -> None:
    found = advised("misbehave:harmless", "--items", "misbehave:endless")
    assert "items, or they never end: give some thousands of them that stand for all" in found.complained
    assert (found.code, found.left) == (USAGE, ())


ANSWERED = {
    "prints": (("misbehave:prints", *TWENTY), "misbehave prints ('hello from 0'): it was thrown away here"),
    "leaves a thread": (
        ("misbehave:leaves_a_thread", *TWENTY),
        "misbehave leaves 2 threads running (left-behind, left-behind)",
    ),
    "leaves a process": (
        ("misbehave:leaves_a_process", *TWENTY),
        "misbehave:leaves_a_process leaves processes behind (",
    ),
    "argument that cannot be sent": (
        ("misbehave:harmless", "--items", "misbehave:held"),
        "item 0 of misbehave:harmless cannot be sent to another process: at ['handle']['inner'][0] in it stands lock",
    ),
    "result that cannot be sent": (
        ("misbehave:returns_a_lock", *TWENTY),
        "the result of misbehave:returns_a_lock cannot be sent to another process: at ['lock'] in it stands lock",
    ),
    "much to return": (
        ("misbehave:returns_much", "--items", "misbehave:hundred"),
        "results of 40.0 MiB each are 3.91 GiB for all 100 items",
    ),
    "nothing to return": (
        ("misbehave:returns_nothing", *TWENTY),
        "misbehave:returns_nothing returns None: what it changes",
    ),
    "belongs to a thread": (
        ("misbehave:belongs_to_a_thread", *TWENTY),
        "works in a loop and fails in other threads of the program (RuntimeError: made in another thread)",
    ),
    "goes elsewhere": (("misbehave:goes_elsewhere", *TWENTY), "in a plain loop"),
    "long items": (
        ("misbehave:naps", *TWENTY),
        "so only the loop is foretold. With --budget 1m misbehave:naps is measured in workers too",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", ANSWERED)
def test_what_is_no_hindrance_is_told_beside_the_answer_and_leaves_nothing(case: str) -> None:
    words, sentence = ANSWERED[case]
    found = advised(*words)
    assert found.code == 0, found.complained
    assert sentence in found.said
    assert found.left == ()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("misbehave:never_returns", *TWENTY), "in a call of misbehave:never_returns with item 0"),
        (("misbehave:spins_for_ever", *TWENTY), "in a call of misbehave:spins_for_ever with item 0"),
        (("import_waits:work", *TWENTY), "while import_waits was imported"),
    ],
)
@pytest.mark.slow
def test_what_never_returns_is_ended_after_its_time_and_told_where_it_stood(
    words: tuple[str, ...], sentence: str
) -> None:
    found = advised(*words, budget="0.1s")
    assert "nothing has returned after" in found.complained
    assert sentence in found.complained
    assert "it was ended, with all it had started" in found.complained
    assert (found.code, found.left) == (FAILED, ())


@pytest.mark.slow
def test_before_anything_is_imported_it_says_how_often_that_will_be(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    found = advised("side_effect:work", "--items", "side_effect:items", TRACE=str(trace))
    assert found.code == 0, found.complained
    told = found.said.partition("side_effect is imported in about ")[2].split()[0]
    assert len(trace.read_text(encoding="ascii").splitlines()) > 1
    assert int(told) > 1
    assert found.left == ()


@pytest.mark.slow
@pytest.mark.parametrize("step", ["what handing out takes here", "several at once in worker", "what it takes to start"])
def test_it_can_be_stopped_at_any_step_and_leaves_nothing(step: str) -> None:
    found = advised("well:computes", "--items", "well:items", budget="10s", stopped_at=step)
    assert step in found.said
    assert found.code == 130
    assert "interrupted; nothing of it is kept" in found.complained
    assert found.left == ()
