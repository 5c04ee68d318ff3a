"""The questions that users of parallel Python ask most, in words, and which claims answer them. No number, no logic.

Which questions, and in which order, was found by counting them in question-and-answer threads and issue trackers. MUST: the
report answers with a number; SHOULD: with a number where the machine allows one; NOTE: with a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from study.blocks import Marked

Weight = Literal["MUST", "SHOULD", "NOTE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """One question.

    Attributes
    ----------
    topic : the section of the report that holds the evidence.
    claims : ids in `experiments/claims.toml` whose findings answer it, the telling one first.
    note : for a NOTE, the answer in words, with its source.
    context : what stands behind the findings wherever there are any: a fact from elsewhere with its source, what the
        numbers hold and do not hold; {target} and {default} are the interpreter's name and its default start method.
    free_threaded : whether only a build without the GIL can answer.
    siblings : whether only a machine whose cores have several hardware threads can answer.
    """

    id: int
    weight: Weight
    question: str
    topic: str
    claims: tuple[str, ...] = ()
    note: str = ""
    context: str = ""
    free_threaded: bool = False
    siblings: bool = False


def _must(identity: int, question: str, topic: str, claims: str) -> AskedQuestion:
    return AskedQuestion(id=identity, weight="MUST", question=question, topic=topic, claims=tuple(claims.split()))


def _should(identity: int, question: str, topic: str, claims: str) -> AskedQuestion:
    return replace(_must(identity, question, topic, claims), weight="SHOULD")


def _note(identity: int, question: str, topic: str, note: str) -> AskedQuestion:
    return AskedQuestion(id=identity, weight="NOTE", question=question, topic=topic, note=note)


ASKED = (
    _must(1, "Why is a Pool slower than a plain loop?", "Q5", "q5-faster q5-map-itself"),
    _must(
        2,
        "What do fork, forkserver and spawn cost?",
        "start",
        "q3-spawn-costs-more q3-forkserver-costs-more start-large-parent",
    ),
    AskedQuestion(
        id=3,
        weight="MUST",
        question="Why did a newer Python make my short-lived pool so much slower?",
        topic="Q5",
        claims=("q5-forkserver", "start-first-of-all", "start-preload", "q5-spawn"),
        context=(
            "On Linux forkserver took the place of fork as the default start method in Python 3.14 (“What's New In Python"
            " 3.14”, CPython issue 84559); the default of {target} here is {default}. The pools timed here find the"
            " forkserver running, and their main module imports nothing: the first start of the server, and what a main"
            " module of your own imports, come on top and are timed apart, under Start-up, in programs begun with -m. Of a"
            " script the server imports it, once, since CPython 3.13.8 and 3.14.1 (CPython issue 126631)."
        ),
    ),
    _must(4, "Which chunk size?", "dispatch", "q4-chunks dispatch-ragged"),
    _must(5, "Threads or processes for my work?", "Q2", "q2-threads-do-not-speed-up q2-c-code-speeds-up"),
    _must(
        6, "What does shipping data cost?", "messages", "q2-large-message messages-shared-memory messages-out-of-band"
    ),
    _must(
        7,
        "How many workers: CPUs, affinity or quota?",
        "workers",
        "workers-affinity workers-quota workers-oversubscribed",
    ),
    _must(8, "What do BLAS threads times processes do?", "workers", "workers-blas"),
    AskedQuestion(
        id=9,
        weight="MUST",
        question="Free threading: do threads scale, and what does it cost?",
        topic="sharing",
        claims=("q2-threads-do-not-speed-up", "sharing-private", "sharing-shared"),
        context=(
            "What one thread pays for it, and what a Pool takes beside it, stands in the section on threads and processes with"
            " the GIL and without."
        ),
        free_threaded=True,
    ),
    _should(10, "Are subinterpreters cheaper than processes?", "start", "start-interpreter"),
    _must(11, "Pool or ProcessPoolExecutor?", "dispatch", "q4-executor"),
    _must(12, "map, imap, imap_unordered or apply_async?", "dispatch", "dispatch-imap dispatch-apply-async"),
    _must(
        13,
        "How fast are Pipe, SimpleQueue, Queue and Manager?",
        "messages",
        "messages-queue messages-manager messages-above-the-floor",
    ),
    AskedQuestion(
        id=14,
        weight="MUST",
        question="What do imports cost under spawn?",
        topic="start",
        claims=("start-main-numpy", "start-main-stdlib", "start-preload"),
        context=(
            "The programs timed are begun with -m. A script is imported by the forkserver, once, since CPython 3.13.8 and"
            " 3.14.1 (CPython issue 126631)."
        ),
    ),
    _must(15, "Why does memory grow with every worker?", "memory", "memory-spawn memory-refcounts"),
    _note(
        16,
        "Why do Executor.map and Pool.map take all my input at once?",
        "dispatch",
        "Both read the whole iterable before they hand out the first result; Executor.map has had the argument buffersize"
        " against it since Python 3.14 (CPython issue 74028).",
    ),
    AskedQuestion(
        id=17,
        weight="SHOULD",
        question="Do hyper-threads count as CPUs?",
        topic="scaling",
        claims=("scaling-siblings",),
        siblings=True,
    ),
    _note(
        18,
        "Why does my program hang after fork with threads?",
        "start",
        "A forked child has only the thread that forked, and every lock that another thread held stays locked in it."
        " Python 3.12 and later warn of it (CPython issue 100228); spawn and forkserver do not have the problem.",
    ),
    _note(
        19,
        "“Can't get attribute f on module __main__”?",
        "start",
        Marked(
            "Under spawn a child imports the main module, under forkserver it or the server does; there the function is looked"
            " up: it must be defined"
            " at the top of a module that can be imported, and the program must start below `if __name__ == '__main__'`."
            " Linux users meet it since forkserver became the default in Python 3.14 (CPython issue 84559)."
        ),
    ),
    _note(
        20,
        "Why does Ctrl-C leave workers behind?",
        "dispatch",
        "The terminal sends the signal to every process of the group; let the workers ignore SIGINT and end them from the"
        " parent.",
    ),
    AskedQuestion(
        id=21,
        weight="NOTE",
        question="Why does a Pool hang when a worker is killed?",
        topic="breakage",
        claims=("breakage-pool-killed", "breakage-executor-killed"),
        note="Its map never returns; ProcessPoolExecutor raises BrokenProcessPool.",
        context="Pool starts another worker but never learns which task was lost (CPython issue 82265).",
    ),
    _note(
        22,
        "Why does max_tasks_per_child hang?",
        "dispatch",
        "ProcessPoolExecutor could deadlock with it in Python 3.11 and later; mended in Python 3.14.7, and for 3.13 in July 2026"
        " (CPython issue 115634); this study measures it from 3.14.7 on. Pool's maxtasksperchild does not hang, but with 1 a map"
        " that comes while no worker is there divides by zero: its chunk size is made of their number"
        " (Lib/multiprocessing/pool.py).",
    ),
    _note(
        23,
        "“leaked shared_memory objects”?",
        "messages",
        "Before Python 3.13 every process that attached a segment registered it for removal; since then track=False"
        " leaves that to the one that made it (CPython issue 82300).",
    ),
    _should(24, "joblib/loky or the standard library?", "dispatch", "dispatch-loky dispatch-dask memory-loky"),
    _should(25, "Why do n processes not make it n times as fast?", "scaling", "scaling-capacity scaling-bandwidth"),
)
