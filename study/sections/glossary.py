"""What the words of the report mean: those of Python and of this machine, and those of its numbers; each list by the alphabet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Folded, Heading, Terms
from study.reports import Record, Section
from study.things.start_methods import FORK, FORKSERVER, SPAWN
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import Study

RECORD = Record(order=500, name="Glossary", title="Glossary", part="How sure")


class Word(NamedTuple):
    """An entry: what it is called, what it means, and the words of the text that are led to it; '' for itself alone."""

    term: str
    means: str
    used: tuple[str, ...] = ()


PYTHON = (
    Word("break-even", "The length of a task, or of a job, from which on workers take no longer than the plain loop."),
    Word("buffer of output", "Where a process keeps what it prints until it is written."),
    Word("capacity", "What as many independent programs achieve together, of one alone: what the machine has to give."),
    Word("channel", "What carries a message from one worker to another: a pipe, a queue, shared memory."),
    Word("chunk", "Tasks that are sent to a worker in one message.", ("chunk size", "chunks", "chunk")),
    Word(
        "copy on write",
        "A forked child shares its parent's memory until one of them writes to a page: then that page is copied.",
    ),
    Word("CPU", "What executes instructions; here each that the system counts, also half of a core.", ("CPUs", "CPU")),
    Word("CPU time", "Time on a CPU, waiting not counted."),
    Word("CPython", "The Python of python.org."),
    Word(
        "dispatch",
        "Handing a task to a worker and fetching its result: what a task costs beside its work.",
        ("handing out", "dispatch"),
    ),
    Word("efficiency", "Speedup over the number of workers: the share of their time that is work."),
    Word(
        "executor",
        "A pool with the interface of concurrent.futures.",
        ("ProcessPoolExecutor", "ThreadPoolExecutor", "InterpreterPoolExecutor"),
    ),
    Word("fannkuch", "A puzzle of turning over cards, in pure Python: it only computes, and holds the GIL."),
    Word(FORK.name, "A start method: the child begins as a copy of its parent."),
    Word(
        FORKSERVER.name,
        "A start method: a clean process, begun once, copies itself for each child; since Python 3.13.8 and 3.14.1 it imports a"
        " script once, itself.",
    ),
    Word("free-threaded", "A build of CPython that can run without the GIL; its name ends in t."),
    Word("GIL", "Global interpreter lock: one thread at a time executes Python code in an interpreter."),
    Word("grain", "The useful time of one task, as the plain loop takes it."),
    Word("interpreter", "What executes Python code; several in one process have a GIL each (subinterpreters)."),
    Word("job", "All tasks that are handed out together."),
    Word("join()", "Waits until a process or a thread has ended."),
    Word("kernel", "What one task of this study does, such as fannkuch; not that of the operating system."),
    Word("KiB, MiB", "1024 bytes; 1024 KiB.", ("KiB", "MiB")),
    Word("lock", "Who holds it goes on, all others wait.", ("locks", "lock")),
    Word("METG", "The grain at which half of the workers' time is work (minimum effective task granularity)."),
    Word("n-body", "Bodies that attract each other, in pure Python: it only computes, and holds the GIL."),
    Word(
        "NPB EP",
        "Random pairs of numbers, a benchmark of NASA's: NumPy computes them, in C code that releases the GIL.",
    ),
    Word("overhead", "Time that is spent and is not work."),
    Word(
        "pickling", "Turning an object into bytes, of which an equal object is made elsewhere.", ("pickling", "pickled")
    ),
    Word("pipe", "Bytes put in at one end by one process come out at the other, in their order."),
    Word("plain loop", "The same tasks one after the other, in one thread: what all else is held against."),
    Word(
        "PGO",
        "Profile-guided optimisation: Python is built twice, the second time for what the first did most; so it is faster.",
    ),
    Word("pool", "Workers that are begun once and given one task after the other.", ("Pool", "pool")),
    Word("process", "A running program with memory of its own.", ("processes", "process")),
    Word("PSS", "Proportional set size: memory in use, each shared page divided among those that share it."),
    Word("shared memory", "Memory that several processes see."),
    Word("SHA-256", "A checksum; of 8 MiB it is C code that releases the GIL."),
    Word(SPAWN.name, "A start method: a new Python begins, and imports the program again."),
    Word("speedup", "Tasks a second with workers over those of the plain loop.", ("speedups", "speedup")),
    Word("start()", "Asks for a process or a thread, and comes back."),
    Word(
        "start method",
        "How multiprocessing begins a process: fork, forkserver or spawn.",
        ("start methods", "start method"),
    ),
    Word("STREAM triad", "Sums over long arrays: it waits for memory, not for the CPU."),
    Word("switch interval", "How long a thread may keep the GIL while another asks for it: 5 ms unless changed."),
    Word("target", "An interpreter under study."),
    Word("task", "One call of a function that is handed out.", ("tasks", "task")),
    Word(
        "thread", "A line of execution inside a process; all of a process see the same memory.", ("threads", "thread")
    ),
    Word("worker", "A process or a thread that is given tasks.", ("workers", "worker")),
)
NUMBERS = (
    Word("average", "The arithmetic mean over fresh processes."),
    Word(
        "share between processes",
        "The part of the variance that lies between processes, not between the values of one.",
    ),
    Word("cell", "One thing that is timed, with all that makes it what it is.", ("cells", "cell")),
    Word("floor", "The same act asked of the operating system, without Python's machinery."),
    Word(
        "interval",
        "The range in brackets. Of 100 such runs about as many intervals as their confidence says (95 of 95 %) contain what"
        " endless rounds would find. It is of one sitting; another finds times elsewhere more often: the self-audit says"
        " how often.",
        ("intervals", "interval", "brackets"),
    ),
    Word("Karp–Flatt", "The share of the work that would have to be serial to explain a speedup."),
    Word("noise floor", "What equal cells differ by in this run."),
    Word("refuted", "The whole interval lies against a statement; of what is said to be so always, one trial did."),
    Word("round", "One fresh process for every cell, in random order.", ("rounds", "round")),
    Word("sitting", "One run from its start to its end."),
    Word(
        "smallest effect",
        "The least difference to an equally noisy cell that the rule for calling differences, one test alone, would have"
        " seen in four of five such runs. Counted together with other tests it is larger. What is smaller may be there.",
    ),
    Word("supported", "The whole interval lies for a statement; of what is always so, every trial did."),
    Word("typical", "The median process."),
)


def section(study: Study) -> Section:
    """The same for every study."""
    del study
    both = Folded(
        id="glossary-words",
        title="Python, processes and this machine; numbers and how sure they are",
        small=counted(len(PYTHON) + len(NUMBERS), "word"),
        blocks=(
            Heading(id="glossary-python", text="Python, processes and this machine"),
            _list(PYTHON),
            Heading(id="glossary-numbers", text="Numbers and how sure they are"),
            _list(NUMBERS),
        ),
    )
    return Section(id="glossary", name=RECORD.name, title=RECORD.title, blocks=(both,))


def _list(words: Sequence[Word]) -> Terms:
    """By the alphabet, whatever their order here."""
    ordered = sorted(words, key=lambda word: word.term.lower())
    return Terms(
        items=tuple((word.term, word.means) for word in ordered),
        uses=tuple(word.used or (word.term,) for word in ordered),
        form="definitions",
    )
