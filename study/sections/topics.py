"""Of each topic its lead figure, and what its things are, in plain words: prose only, every number is in figures and tables."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Marked

if TYPE_CHECKING:
    from collections.abc import Mapping


class Topic(NamedTuple):
    """Its figures that can stand first, by rank, and paragraphs for one who is learning."""

    lead: tuple[str, ...]
    plain: tuple[str, ...]


TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        "start": Topic(
            ("start-lives", "start-variants", "start-parents"),
            (
                (
                    "A worker is begun once and then used many times, so that its start matters for short programs and for"
                    " those that begin a process for each piece of work. fork copies the tables of the parent's memory: the"
                    " more the parent holds, the longer that takes. spawn imports the main module again: the more that imports,"
                    " the longer."
                ),
            ),
        ),
        "dispatch": Topic(
            ("dispatch-calls", "dispatch-chunks"),
            (
                Marked(
                    "Handing out a task means pickling its arguments, writing them into a pipe, waking a worker, and all that"
                    " again for the result. `map` does it for a whole chunk of tasks at once, `apply` and `submit` for each."
                ),
            ),
        ),
        "grain": Topic(
            ("grain-efficiency", "grain-metg"),
            (
                (
                    "The grain is how long one task works. Short tasks pay the cost of being handed out again and again; long"
                    " ones hide it. Efficiency is the share of the workers' time that is work: at one half, a task costs as"
                    " much as it does. METG(50 %) is the task length at which that is so."
                ),
            ),
        ),
        "length": Topic(
            ("length-speedup", "length-break-even"),
            (
                (
                    "A job is all its tasks together. A pool that is made for the job has to be begun and ended too; one that is"
                    " already running has not. The longer the job, the less either matters."
                ),
            ),
        ),
        "messages": Topic(
            ("messages-sizes", "messages-latency"),
            (
                (
                    "Nothing that one process changes is seen by another, unless it asks for shared memory: an object is turned"
                    " into bytes (pickled), the bytes are copied into a pipe by one process and out of it by another, and an"
                    " equal object is made of them. Small messages cost waking the other side; large ones cost copying. Shared"
                    " memory saves the pickling and the pipe, not the agreement on who may write when."
                ),
            ),
        ),
        "payload": Topic(
            ("payload-sizes", "payload-same"),
            (
                Marked(
                    "Whatever a task is given travels with it: the parent, which is one process, pickles it for all workers."
                    " What is the same for all tasks need not travel with each: a forked worker has it already, others can attach"
                    " shared memory or be given it once, by the `initializer` of their pool."
                ),
            ),
        ),
        "memory": Topic(
            ("memory-workers", "memory-growth"),
            (
                (
                    "Under fork a child shares the pages of its parent until one of them writes; then the page is copied. Python"
                    " counts references inside its objects, so that even reading a list writes to it. Under spawn every"
                    " worker has modules and data of its own."
                ),
                (
                    "PSS, the proportional set size, divides each shared page among those that share it, so that it adds up. RSS"
                    " counts it once for each of them."
                ),
            ),
        ),
        "scaling": Topic(
            ("scaling-waterfall", "scaling-capacity", "scaling-kernels"),
            (
                (
                    "Processes that have nothing to do with each other rarely achieve as much together as each does alone: they"
                    " share caches, memory and clock. What n of them achieve is the machine's capacity. A pool that does"
                    " better has another loop to beat, or other tasks, and not more CPUs; what is lost below is the price of"
                    " handing out."
                ),
            ),
        ),
        "workers": Topic(
            ("workers-beyond", "workers-defaults", "workers-libraries"),
            (
                Marked(
                    "`Pool()` without a number asks how many CPUs there are, and begins a worker for each. In a container with"
                    " a quota that number may be that of the whole machine. Workers that compute in a numerical library may"
                    " have threads of their own besides."
                ),
            ),
        ),
        "sharing": Topic(
            ("sharing-contended", "sharing-together", "sharing-objects"),
            (
                (
                    "What several workers change together needs a lock, so that they wait for each other. A manager is a further"
                    " process that keeps the object: every access is a message there and back."
                ),
            ),
        ),
        "steady": Topic(
            ("steady-cold",),
            (
                (
                    "The first calls in a new process may be slower, while code is read, specialised and cached. Where that"
                    " is so, the first results of short programs are not those of long ones."
                ),
            ),
        ),
        "real": Topic(
            ("real-speedups",),
            (
                (
                    "Jobs as they are met: parsing, counting, packing, pictures, tables. Each stands for its kind, by what"
                    " takes its time: Python code, C code that releases the GIL, or memory."
                ),
            ),
        ),
        "io": Topic(
            ("io-ways", "io-requests", "io-latency"),
            (
                (
                    "Who waits needs no CPU: many threads can wait at once, and one thread can wait for many things (asyncio). A"
                    " process for each is more than waiting needs. But a thread that has what it waited for must have the GIL"
                    " before it can go on, and gets it late where another one computes."
                ),
            ),
        ),
        "programs": Topic(
            ("programs-sooner", "programs-cpu"),
            (
                (
                    "A whole script: from the command to the exit, imports and starts of workers among them. That is what the"
                    " person at the keyboard waits for, and what a bill for CPU time counts."
                ),
            ),
        ),
        "pasted": Topic(
            (),
            (
                Marked(
                    "Under spawn a child imports the main module, under forkserver it or the server does, to find its function."
                    ' A notebook or a prompt has no file to import; a script without `if __name__ == "__main__":` would start'
                    " children in its children, and Python refuses."
                ),
            ),
        ),
        "breakage": Topic(
            ("breakage-broken", "breakage-generators"),
            (
                (
                    "A worker can be killed from outside, an initializer can fail, a result may not be picklable. Some pools"
                    " tell the caller, some make a new worker and wait for a result that never comes."
                ),
            ),
        ),
        "easier": Topic(
            ("easier-written", "easier-handed-over"),
            (
                (
                    "The same job written in several ways: how many lines and names each needs, and which arguments arrive."
                    " A forked process finds its arguments in its copy of the parent's memory; those of a spawned one, and tasks"
                    " of a pool, must be pickled: lambdas, open files and locks cannot be."
                ),
            ),
        ),
    }
)
"""Place of a topic -> its words."""
