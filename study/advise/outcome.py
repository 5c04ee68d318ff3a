"""The answer in words: a sentence, the best ways, the code to copy, why, what would change it, and what it cannot know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from study import units
from study.advise.model.choice import TOO_CLOSE, WORTH
from study.advise.model.help import larger_chunks
from study.advise.pasting import code_of, warnings_of, way_words
from study.advise.rounds import BUSY
from study.errors import printable
from study.things import BACKENDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.advise.model.changes import Change
    from study.advise.model.choice import Answer
    from study.advise.model.help import Help
    from study.advise.model.job import Bound, Interval, Job, Predicted
    from study.advise.reader import Reader
    from study.advise.rounds import Probed
    from study.advise.verify import Verified
    from study.advise.wish import AdviseWish

SHOWN = 6
"""Ways in the table, beside the loop and the one to take."""
COLUMNS = ("way", "time", "interval", "of the loop", "CPU time", "memory")
NO_INTERVAL = "not known yet"
NO_MEMORY = "not told here"
"""Where the system does not say what a process holds."""
UNKNOWN = (
    "the load that others put on this machine later, and its clock then",
    "items that were not among the sample: a rare one that takes very long makes all workers wait for one",
    "functions that get slower or faster by what was called before them",
    "disks, networks, databases and locks that calls share",
    "threads that a numerical library starts inside each worker, and limits on CPU time that are looked at over minutes",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Everything that an answer is made of.

    Attributes
    ----------
    run : name of the stored run whose constants stand beside those of the probe; '' for none.
    tried_where : where the jobs were measured that the intervals go by, in words; '' for none.
    told : what was come across, a sentence each.
    change : from where on workers are worth it; None where only the loop was looked at.
    verified : what was measured beside what was foretold; empty where nobody asked.
    foreign : CPUs that others kept busy meanwhile.
    """

    wish: AdviseWish
    reader: Reader
    probed: Probed
    run: str
    tried_where: str
    job: Job
    answer: Answer
    change: Change | None
    helps: tuple[Help, ...]
    told: tuple[str, ...]
    verified: tuple[Verified, ...] = ()


class Said(NamedTuple):
    """The answer as text, part by part: what is printed, and what Markdown and JSON are made of.

    Attributes
    ----------
    sentence : the answer.
    table : the ways, the columns' heads first.
    code : the program to copy.
    parts : (heading, its sentences), those without sentences left out.
    """

    sentence: str
    table: tuple[tuple[str, ...], ...]
    code: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


def said_of(advice: Advice) -> Said:
    """The answer in words."""
    picked = advice.answer.picked
    parts = (
        ("Measured beside foretold", tuple(verified_words(advice.verified))),
        ("To be heeded", (*_busy(advice), *advice.told, *warnings_of(picked.way), *_close(advice))),
        ("Why", tuple(_why(advice))),
        ("When it changes", tuple(_changes(advice))),
        ("What would help more", tuple(_helps(advice))),
        ("How sure", tuple(_sure(advice))),
        ("Not looked at", tuple(_lacking(advice))),
        ("What this cannot know", UNKNOWN),
    )
    return Said(
        sentence=sentence_of(advice),
        table=(COLUMNS, *map(tuple, _rows(advice))),
        code=code_of(picked.way, advice.wish, items_called=bool(advice.probed.done.get("items_called"))),
        parts=tuple((heading, sentences) for heading, sentences in parts if sentences),
    )


def sentence_of(advice: Advice) -> str:
    """What to do, with its number and what it is held against."""
    answer, items = advice.answer, units.counted(advice.job.items, "item")
    take = "takes" if advice.job.items == 1 else "take"
    loop = f"{items} {take} {units.seconds(answer.loop.seconds)} in a plain loop"
    if advice.probed.only_loop:
        return f"{loop}; nothing else was looked at."
    others = [predicted for predicted in answer.ways if predicted.way != answer.loop.way]
    if not others:
        return f"Stay with the plain loop: {loop}, and nothing else can be done with this function here."
    fastest = others[0]
    if answer.is_loop:
        words, would = _article(way_words(fastest.way)), f"would take {_time(fastest)}"
        if fastest.seconds < answer.loop.seconds:
            return (
                f"Stay with the plain loop: {loop}; {words} {would}, which is too close to call, or not worth the code."
            )
        return f"Stay with the plain loop: {loop}; the best of all other ways, {words}, {would}."
    picked = answer.picked
    named = {_sort_of(picked), _sort_of(answer.loop)}
    worth = [other for other in answer.too_close if other.seconds < WORTH * answer.loop.seconds]
    close = [other for other in worth if _sort_of(other) not in named]
    beside = f" Too close to call beside {way_words(close[0].way)}, and simpler." if close else ""
    return (
        f"Use {_article(way_words(picked.way))}: about {_time(picked)} for {items} instead of"
        f" {units.seconds(answer.loop.seconds)} in a plain loop,"
        f" {units.ratio(answer.loop.seconds / picked.seconds, 2)} as fast.{beside}"
    )


def _article(words: str) -> str:
    """`a Pool of 2`, `an InterpreterPoolExecutor of 2`, `2 threads`, `joblib with 2 loky workers`."""
    if not words[:1].isupper():
        return words
    return f"{'an' if words[0] in 'AEIOU' else 'a'} {words}"


def _time(predicted: Predicted) -> str:
    """`0.62 s [0.5 s, 0.8 s]`: the number and, where one is known, its interval."""
    between = _between(predicted)
    return units.seconds(predicted.seconds) + (f" [{between}]" if between else "")


def widest(predicted: Predicted) -> Interval | None:
    """The interval of the highest chance; None where none is known."""
    return max(predicted.intervals, key=lambda interval: interval.level, default=None)


def _between(predicted: Predicted) -> str:
    interval = widest(predicted)
    return f"{units.seconds(interval.low_s, 2)} to {units.seconds(interval.high_s, 2)}" if interval else ""


def shown(answer: Answer) -> list[Predicted]:
    """The ways in the table: the best of each backend and start method, the one to take and the loop, the fastest first."""
    best = {_sort_of(predicted): predicted.way for predicted in reversed(answer.ways)}
    fastest = [predicted.way for predicted in answer.ways if best[_sort_of(predicted)] == predicted.way]
    wanted = {*fastest[:SHOWN], answer.picked.way, answer.loop.way}
    return [predicted for predicted in answer.ways if predicted.way in wanted]


def _sort_of(predicted: Predicted) -> tuple[str, str]:
    return predicted.way.backend, predicted.way.start_method


def _rows(advice: Advice) -> Iterator[list[str]]:
    answer = advice.answer
    for predicted in shown(answer):
        mark = " (take this)" if predicted.way == answer.picked.way else ""
        share = predicted.seconds / answer.loop.seconds if answer.loop.seconds else 1.0
        yield [
            way_words(predicted.way) + mark,
            units.seconds(predicted.seconds),
            _between(predicted) or NO_INTERVAL,
            units.percent(share),
            units.seconds(predicted.cpu_s, 2),
            units.size(predicted.memory_bytes, 2) if advice.job.parent_bytes else NO_MEMORY,
        ]


_BOUNDS: dict[Bound, str] = {
    "start": "starting and ending the workers",
    "parent": "the program itself, which hands out and takes back one thing at a time",
    "pipes": "large messages, which travel one after the other",
    "CPUs": "the CPUs, which all workers share",
    "workers": "the worker that is last",
}
_OF_THREADS: dict[Bound, str] = {
    "parent": "that its threads take turns",
    "workers": "how many threads there are",
}
_SHARES = {
    "start_s": "starting and ending",
    "dispatch_s": "handing out",
    "transport_s": "sending data",
    "work_s": "the items themselves",
    "imbalance_s": "waiting for the last worker",
}


def _why(advice: Advice) -> Iterator[str]:
    """The item, the threads, and what the best way's time is made of."""
    job, answer = advice.job, advice.answer
    waits = f", of which {units.share(job.waits, 2)} is waiting" if job.waits else ""
    yield f"An item takes {units.seconds(job.mean_s)}{waits}: the mean of {units.counted(len(job.item_s), 'place')} in the list."
    yield from _of_threads(advice)
    if job.argument.size_bytes or job.result.size_bytes:
        sending_s = job.argument.dump_s + job.argument.load_s + job.result.dump_s + job.result.load_s
        yield (
            f"An item is {units.size(job.argument.size_bytes, 2)} on its way to a worker and its result"
            f" {units.size(job.result.size_bytes, 2)} on the way back; packing and unpacking both takes"
            f" {units.seconds(sending_s, 2)}."
        )
    best = next((way for way in answer.ways if BACKENDS[way.way.backend].kind != "loop"), None)
    if best is not None and best.shares.total_s > 0:
        named = sorted(zip(best.shares, _SHARES.values(), strict=True), reverse=True)
        parts = [f"{units.share(part_s / best.shares.total_s, 2)} {words}" for part_s, words in named if part_s > 0]
        yield f"{_capital(way_words(best.way))} spends {', '.join(parts)}; what holds it up is {_holds_up(best)}."


def _holds_up(predicted: Predicted) -> str:
    of_threads = _OF_THREADS if BACKENDS[predicted.way.backend].kind == "thread" else {}
    return of_threads.get(predicted.bound, _BOUNDS[predicted.bound])


def _of_threads(advice: Advice) -> Iterator[str]:
    """Whether threads run side by side."""
    if not advice.job.threads:
        return
    workers, net = min(advice.job.threads.items())
    part = net + advice.job.thread_s / advice.job.mean_s if advice.job.mean_s else net
    took = f"{units.counted(workers, 'thread')} take {units.ratio(part)} what the loop takes for the same items"
    free = not advice.probed.python["gil"]
    if part >= WORTH:
        yield f"{took}: {'they hinder each other' if free else 'the function holds the GIL, and threads take turns'}."
    elif advice.probed.foreign > BUSY:
        yield f"{took}, which says little while others kept CPUs busy."
    else:
        yield f"{took}: {'there is no GIL' if free else 'the function lets go of the GIL, or waits'}."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _changes(advice: Advice) -> Iterator[str]:
    change = advice.change
    if change is None:
        return
    item_s, items = units.seconds(advice.job.mean_s), units.counted(advice.job.items, "item")
    if change.items is None:
        yield f"With items of {item_s} workers are worth it at no number of them."
    else:
        yield f"With items of {item_s} workers are worth it from {units.counted(change.items, 'item')} on."
    if change.item_s is None:
        yield f"With {items} workers are worth it at no length of an item."
    else:
        yield f"With {items} workers are worth it where one takes {units.seconds(change.item_s, 2)} or more."


def _helps(advice: Advice) -> Iterator[str]:
    for help_ in advice.helps:
        yield f"{help_.words} About {units.seconds(help_.seconds, 2)} then, {units.ratio(help_.times, 2)} as fast."
    gain = None if advice.answer.is_loop else larger_chunks(advice.answer)
    if gain is not None:
        yield f"Keep the chunks: in chunks of one the same way would take {units.ratio(gain, 2)} as long."


def _busy(advice: Advice) -> Iterator[str]:
    if advice.probed.foreign > BUSY:
        kept = f"{advice.probed.foreign:.2g}"
        yield (
            f"Others kept {kept} {'CPU' if kept == '1' else 'CPUs'} busy while this was measured: what runs side by side may be"
            " foretold wrongly by a factor of two. Run it again when the machine is calm."
        )


def _close(advice: Advice) -> Iterator[str]:
    if len(advice.answer.too_close) > 1:
        yield f"Ways whose times differ by less than a factor of {units.plain(TOO_CLOSE)} are not told apart."


def _sure(advice: Advice) -> Iterator[str]:
    """What the intervals rest on, or why there are none."""
    if advice.probed.only_loop:
        return
    known = next((predicted for predicted in advice.answer.ways if predicted.intervals), None)
    interval = widest(known) if known is not None else None
    if known is None or interval is None:
        yield (
            "How far these times may be off is not known: no jobs that were foretold and then measured are stored."
            " `--verify` compares this job."
        )
        return
    yield (
        f"The intervals hold the time with a chance of {units.percent(interval.level)}, going by"
        f" {units.counted(known.held_out, 'job')} of other functions that were foretold like this and then measured, on"
        f" {printable(advice.tried_where)}, by how unlike the items are, and by how the clock moved meanwhile."
    )


def _lacking(advice: Advice) -> Iterator[str]:
    for (backend, method), why in sorted(advice.answer.lacking.items()):
        name = BACKENDS[backend].look.label
        yield f"{name}{f' under {method}' if method else ''}: it is not known {why}."
    if advice.answer.lacking and not advice.run and not advice.probed.only_loop:
        yield (
            "No finished run of this machine and interpreter is stored, which would tell what the probe does not measure:"
            f" `nox -s study -- --budget 2m{' --peers' if _peers(advice) else ''}`, with --python for your own interpreter,"
            " makes one."
        )


def _peers(advice: Advice) -> bool:
    """Whether another library is among what is lacking."""
    return any(BACKENDS[backend].package for backend, _ in advice.answer.lacking)


def verified_words(verified: Sequence[Verified]) -> Iterator[str]:
    """What was measured beside what was foretold, a sentence a way."""
    for trial in verified:
        words = _capital(way_words(trial.foretold.way))
        if trial.measured_s is None:
            yield f"{words}: could not be measured ({trial.reason})."
            continue
        ratio = trial.measured_s / trial.foretold.seconds if trial.foretold.seconds else 1.0
        yield (
            f"{words}: foretold {_time(trial.foretold)}, measured {units.seconds(trial.measured_s)} (median of"
            f" {units.counted(len(trial.times_s), 'time')}), {units.ratio(ratio, 2)} what was foretold."
        )
