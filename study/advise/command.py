"""The whole of `advise`: who is asked, what is said before, the probe, the model, the answer."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from study import store
from study.advise.asking import MOST_OUTPUT_BYTES, Asker
from study.advise.costs import NOTHING_STORED, Stored, constants_of, filled
from study.advise.measured import asked_of, job_of, possible_of
from study.advise.model.changes import change
from study.advise.model.choice import answer
from study.advise.model.help import helps
from study.advise.outcome import Advice
from study.advise.piloted import with_pilot
from study.advise.reader import reader_of
from study.advise.rounds import CALLS, look, probed, processes
from study.advise.telling import before, large_results, long_items, told
from study.advise.verify import verify
from study.advise.wish import checked
from study.machine import usable_cpus
from study.supervise import Supervisor, temporary_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from study.advise.reader import Reader
    from study.advise.rounds import Probed
    from study.advise.wish import AdviseWish


def advise(
    asked: AdviseWish,
    say: Callable[[str], None],
    *,
    results: Path | None = None,
    lock: Path | None = None,
) -> Advice:
    """Foretell what the reader's function takes in each way.

    Parameters
    ----------
    say : told what is done meanwhile, a line each.
    results : folder of stored runs, of which the newest of this machine and interpreter adds what is not measured here.
    lock : folder of the lock of this machine; None: where temporary files lie.

    Raises
    ------
    UsageError
        if what is named is not there, or cannot be used like this.
    FunctionError
        if the reader's code fails, ends the process or never returns.
    """
    wish = checked(asked)
    reader = reader_of(wish.python, wish.folder)
    cpus = usable_cpus()
    say(f"CPython {reader.version}, {reader.why}: {reader.python}")
    say(f"Started in {wish.folder}, as your program would be")
    say(before(wish, processes(cpus, wish)))
    token = secrets.token_hex(4)
    with (
        store.one_at_a_time(store.machine_lock(lock)),
        temporary_folder(token) as folder,
        Supervisor(largest_output_bytes=MOST_OUTPUT_BYTES) as supervisor,
    ):
        asker = Asker(reader=reader, wish=wish, folder=folder, run_id=f"advise-{token}", supervisor=supervisor)
        looked = look(asker, wish)
        found = probed(asker, wish, looked, cpus, say)
        advice = foretold(wish, reader, found, _stored(results, reader, found))
        if wish.verify and not found.only_loop:
            advice = replace(advice, verified=verify(asker, wish, advice.answer, found.done, say))
    return advice


def foretold(wish: AdviseWish, reader: Reader, found: Probed, stored: Stored = NOTHING_STORED) -> Advice:
    """What the model makes of what the probe found. Pure: nothing is measured or asked any more."""
    job, possible, asked = job_of(found), possible_of(found), asked_of(wish)
    constants = filled(constants_of(found), stored.constants)
    job = with_pilot(job, constants, found)
    said = answer(job, possible, constants, stored.errors, asked)
    many = not found.only_loop
    return Advice(
        wish=wish,
        reader=reader,
        probed=found,
        run=stored.run,
        tried_where=stored.where,
        job=job,
        answer=said,
        change=change(job, possible, constants, asked) if many else None,
        helps=helps(job, constants, said) if many else (),
        told=(
            *told(found.looked, list(found.heard), wish),
            *large_results(job.result.size_bytes, job.items),
            *(() if many else (long_items(wish, found.item_s, job.items, CALLS * found.item_s),)),
        ),
    )


def _stored(results: Path | None, reader: Reader, found: Probed) -> Stored:
    """What is stored beside it; only now, for nothing heavy is loaded beside the probe."""
    if results is None or found.only_loop:
        return NOTHING_STORED
    from study.advise.stored import stored_beside  # noqa: PLC0415

    return stored_beside(results, reader.version, gil=bool(found.python["gil"]))
