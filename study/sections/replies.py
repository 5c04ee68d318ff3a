"""The answer to a reader's loop: by the cost model where constants of the place are known, else from jobs that were measured.

The page's script says the same of any other loop (`loop.js`, `model.js`).

A job is like the loop where it does the same kind of work in tasks about as long, and has neither far fewer items nor many more.
What its data cost is added where no job like it carried as many: of the next larger size that was measured, never between two.
Of several such jobs of a carrier the nearest answers, in the best of its ways: the best of all would be the luckiest.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from study.screens import Reply
from study.sections.foretold import LEVEL
from study.units import count, counted, percent, ratio, seconds, seconds_within, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.screens import Calculator, Foretold, Freight, Job, Loop, Model, Pays

NOT_REACHED = "Cannot be decided: not reached by what was measured"
WRITE = "Write"
"""The part that is a program."""
TOO_NEAR = ", too near to tell apart"
"""Of another way that takes less than the one that is advised, which is simpler."""
_NOTHING_S = 1e-9
"""Seconds of a share that is none, but for rounding."""
_DIGITS = 3
"""Of a part of a time; what is most of it has one more, so that parts add up to it."""
_OTHERS = 3
"""Other carriers that are told beside the best."""


class Candidate(NamedTuple):
    """A job like the loop, what the loop's data cost a task beside it, and how long both ways take."""

    job: Job
    freights: tuple[Freight, ...]
    loop_s: float
    total_s: float


def reply_to(calculator: Calculator, loop: Loop) -> Reply:
    """What is said of a loop, or that nothing measured reaches it."""
    if calculator.why:
        return Reply(pays="open", headline=f"Left open: {calculator.why}", parts=())
    found = candidates(calculator, loop)
    foretold = calculator.model and calculator.model.answer(loop)
    if foretold and calculator.model:
        rather = _rather(calculator.model, foretold, found)
        if rather is None:
            parts = tuple(_foretold_parts(calculator.model, foretold))
            aside = tuple(_foretold_aside(calculator.model, foretold, found, loop))
            return Reply(pays=foretold.pays, headline=_foretold_headline(foretold), parts=parts, aside=aside)
        found = [rather, *(other for other in found if other is not rather)]
    if not found:
        return Reply(pays="open", headline=NOT_REACHED, parts=(("Why", _out_of_reach(calculator, loop)),))
    best = found[0]
    pays = _pays(best)
    parts, aside = tuple(_parts(loop, best)), tuple(_aside(best, found[1:]))
    return Reply(pays=pays, headline=_headline(best, pays), parts=parts, aside=aside)


def _rather(model: Model, foretold: Foretold, found: Sequence[Candidate]) -> Candidate | None:
    """A measured job that is the answer: of a carrier that is not foretold, sooner than all that is, or as soon and simpler."""
    best = next((other for other in found if other.job.carrier not in model.carriers), None)
    if best is None or _pays(best) != "yes":
        return None
    slack = model.close if best.job.carrier in model.simpler else 1.0
    return best if best.total_s < slack * foretold.fastest_s else None


def _foretold_headline(foretold: Foretold) -> str:
    ends_s = foretold.ends_s
    told = seconds(foretold.seconds) if ends_s is None else _bracketed(foretold.seconds, ends_s)
    times = f"{told} instead of {seconds(foretold.loop_s)}"
    if foretold.pays == "yes":
        return f"Yes, about {ratio(foretold.loop_s / foretold.seconds, 2)} as fast: {times}"
    return f"No: {times}" if foretold.pays == "no" else f"Too close to call, so keep the loop: {times}"


def _bracketed(told_s: float, ends_s: tuple[float, float]) -> str:
    """`10.7 s [80 %: 10.2, 11.4]`: other brackets of the report are of another level."""
    return seconds_within(told_s, *ends_s).replace("[", f"[{percent(LEVEL)}: ")


def _foretold_parts(model: Model, foretold: Foretold) -> Iterator[tuple[str, str]]:
    if foretold.code:
        yield WRITE, foretold.code
    if foretold.pays != "yes" or not foretold.code:
        yield "Who", foretold.who
    shares = "; ".join(
        f"{name} {seconds(share_s, _DIGITS + (share_s > foretold.seconds / 2.0))}"
        for name, share_s in foretold.shares
        if share_s > _NOTHING_S
    )
    begun = model.begun.get(foretold.method, "")
    yield "Time", " ".join(filter(None, (f"{shares}. In the end {foretold.why}.", begun)))
    yield "Model", model.about


def _foretold_aside(
    model: Model, foretold: Foretold, found: Sequence[Candidate], loop: Loop
) -> Iterator[tuple[str, str]]:
    """Why this start method, the best of others, the job like the loop that was measured, and what the model leaves out."""
    if foretold.method:
        near = [f"with {method} {seconds(took_s)}" for method, took_s in foretold.methods if took_s < foretold.seconds]
        far = [f"with {method} {seconds(took_s)}" for method, took_s in foretold.methods if took_s >= foretold.seconds]
        told = [f"{' and '.join(near)}{TOO_NEAR}"] if near else []
        said = f"{foretold.method}: {model.method_words[foretold.method]}"
        yield "Start", "; ".join((said, *told, *far))
    if foretold.chunks:
        yield "Chunks", foretold.chunks
    if foretold.others:
        yield (
            "Others",
            "; ".join(
                f"{who}: {seconds(took_s)}{TOO_NEAR if took_s < foretold.seconds else ''}"
                for who, took_s in foretold.others
            ),
        )
    if found:
        nearest = min(found, key=lambda candidate: _distance(loop, candidate))
        others = [other.job for other in found if other is not nearest and other.job.carrier not in model.carriers]
        beside = [_gain_of(job, nearest.job) for job in others[:_OTHERS]]
        without = ", which sends nothing" if nearest.freights else ""
        first = f"{nearest.job.gain_text} in {nearest.job.measured_as}{without}"
        yield "Nearest job measured", "; ".join([first, *beside])
    yield "Not in the model", model.left_out


def candidates(calculator: Calculator, loop: Loop) -> list[Candidate]:
    """Of each carrier the best way of its nearest job, the soonest first; equal ones in the order of the jobs."""
    known: dict[str, list[Candidate]] = {}
    for job in calculator.jobs:
        candidate = _candidate(calculator, loop, job)
        if candidate is not None:
            known.setdefault(job.carrier, []).append(candidate)
    return sorted((_of_nearest(loop, own) for own in known.values()), key=lambda candidate: candidate.total_s)


def _of_nearest(loop: Loop, known: Sequence[Candidate]) -> Candidate:
    nearest = min(known, key=lambda candidate: _distance(loop, candidate))
    same = (candidate for candidate in known if candidate.job.work == nearest.job.work)
    return min(same, key=lambda candidate: candidate.total_s)


def _distance(loop: Loop, candidate: Candidate) -> tuple[float, ...]:
    """How far its job lies: by what has to be added, by its length, by its bytes, by its number of tasks."""
    job = candidate.job
    length = apart(job.length_s, loop.length_s) if loop.length_s else 1.0
    carried = max(apart(job.sent_bytes, loop.sent_bytes), apart(job.returned_bytes, loop.returned_bytes))
    bytes_apart = 1.0 if candidate.freights else carried
    return len(candidate.freights), length, bytes_apart, apart(job.tasks, loop.items), candidate.total_s


def apart(one: float, other: float) -> float:
    """How many times as much the larger is."""
    least, most = min(one, other), max(one, other)
    return 1.0 if least == most else most / least if least > 0 else math.inf


def _gain_of(job: Job, beside: Job) -> str:
    """What another way gains, and of which job, where it is not of the same work."""
    return f"{job.way} {job.gain_text}" if job.work == beside.work else f"{job.gain_text} in {job.measured_as}"


def _candidate(calculator: Calculator, loop: Loop, job: Job) -> Candidate | None:
    if not _is_like(calculator, loop, job):
        return None
    freights: tuple[Freight, ...] | None = ()
    if not _carries(calculator, loop, job):
        freights = None if job.sent_bytes or job.returned_bytes else _freights(calculator, loop, job.carrier)
    if freights is None:
        return None
    length_s = loop.length_s or job.length_s
    each_s = length_s / job.gain + sum(freight.cost_s for freight in freights)
    return Candidate(job, freights, loop.items * length_s, (job.begin_s or 0.0) + loop.items * each_s)


def _is_like(calculator: Calculator, loop: Loop, job: Job) -> bool:
    """Whether its tasks are, whatever they carry."""
    return (
        job.kind == loop.kind
        and (not loop.length_s or _is_about(calculator, job.length_s, loop.length_s))
        and loop.items * calculator.fewest <= job.tasks <= loop.items * calculator.most
    )


def _carries(calculator: Calculator, loop: Loop, job: Job) -> bool:
    """Whether the job carried about as many bytes, there and back."""
    return _is_about(calculator, job.sent_bytes, loop.sent_bytes) and _is_about(
        calculator, job.returned_bytes, loop.returned_bytes
    )


def _is_about(calculator: Calculator, measured: float, asked: float) -> bool:
    near = calculator.near
    return measured == asked or (asked > 0 and asked / near <= measured <= asked * near)


def _freights(calculator: Calculator, loop: Loop, carrier: str) -> tuple[Freight, ...] | None:
    """What sending and returning as many bytes costs it; None where that was not measured of so many."""
    own = [freight for freight in calculator.freights if freight.carrier == carrier]
    sent = [freight for freight in own if not freight.returned_bytes and freight.sent_bytes >= loop.sent_bytes]
    back = [freight for freight in own if not freight.sent_bytes and freight.returned_bytes >= loop.returned_bytes]
    found = []
    for asked, reached in ((loop.sent_bytes, sent), (loop.returned_bytes, back)):
        if asked and not reached:
            return None
        if asked:
            found.append(
                min(reached, key=lambda freight: (freight.sent_bytes + freight.returned_bytes, freight.cost_s))
            )
    return tuple(found)


def _pays(candidate: Candidate) -> Pays:
    """A gain of the job is one of the loop where what is paid besides does not eat it up."""
    if candidate.job.pays == "yes":
        return "yes" if candidate.total_s < candidate.loop_s else "no"
    return candidate.job.pays


def _headline(best: Candidate, pays: Pays) -> str:
    times = f"{seconds(best.total_s)} instead of {seconds(best.loop_s)}"
    if pays == "yes":
        return f"Yes, about {ratio(best.loop_s / best.total_s, 2)} as fast: {times}"
    return f"No: {times}" if pays == "no" else f"No clear difference was seen: {times}"


def _parts(loop: Loop, best: Candidate) -> Iterator[tuple[str, str]]:
    if best.job.code:
        yield WRITE, best.job.code
    yield "Who", best.job.way
    yield "Measured", f"{best.job.gain_text} as fast as the plain loop in {best.job.measured_as}"
    yield "Model", _model(loop, best)


def _aside(best: Candidate, others: Sequence[Candidate]) -> Iterator[tuple[str, str]]:
    if others:
        yield "Others", "; ".join(_gain_of(other.job, best.job) for other in others[:_OTHERS])


def _model(loop: Loop, best: Candidate) -> str:
    """What of the answer is arithmetic on what was measured, each piece with its number."""
    length_s = loop.length_s or best.job.length_s
    pieces = [f"that gain is taken for {counted(loop.items, 'item')} of {seconds(length_s)}"]
    for freight in best.freights:
        way, number = ("sending", freight.sent_bytes) if freight.sent_bytes else ("returning", freight.returned_bytes)
        pieces.append(f"{way} {size(number)} adds {freight.text} a task")
    if best.job.begin_text:
        pieces.append(f"making the workers and ending them adds {best.job.begin_text}, once")
    text = "; ".join(pieces)
    return f"{text[:1].upper()}{text[1:]}. The total has no interval."


def _out_of_reach(calculator: Calculator, loop: Loop) -> str:
    """Which of what was asked nothing measured has: the kind, else the length, else the number or the bytes."""
    same_kind = [job for job in calculator.jobs if job.kind == loop.kind]
    if not same_kind:
        return f"No job of this kind was measured here: {loop.kind}."
    lengths = [job.length_s for job in same_kind]
    if loop.length_s and not any(_is_about(calculator, length, loop.length_s) for length in lengths):
        reach = f"from {seconds(min(lengths))} to {seconds(max(lengths))}"
        return f"Tasks of {seconds(loop.length_s)} were not measured; those that were lie {reach}."
    if not any(_is_like(calculator, loop, job) for job in same_kind):
        tasks = [job.tasks for job in same_kind]
        reach = f"{count(min(tasks))} to {count(max(tasks))}"
        return f"No job with about {count(loop.items)} items was measured; those that were have {reach}."
    return "What so many bytes cost was not measured here."
