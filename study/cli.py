"""The verbs: parse, call, print. No logic, and nothing heavy imported before a verb needs it."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from study import __version__, garbage, memory, stored, takes, unheeded
from study.errors import StudyError, UsageError, printable
from study.terminal import LOST, drop, harmless, open_streams, outliving, say
from study.unforeseen import TRACEBACK, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from study.run import Ended, Wishes

ROOT = Path(__file__).resolve().parent.parent
INTERRUPTED = 130
SOME_FAILED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; the exit code says how it went.

    0 all done or declared away, 1 usage, 2 some cells (or the function of `advise`) failed, 3 state or I/O, 4 gate: slower,
    5 gate: blind, 6 gate: not comparable, 130 interrupted and resumable.
    """
    open_streams()
    unheeded.forget()
    try:
        code = _carried_out(arguments)
        with outliving(sys.stdout):
            sys.stdout.flush()
    except BrokenPipeError:
        drop(sys.stdout)  # whoever read it has left; nothing more can be said to them
        drop(sys.stderr)
        return StudyError.exit_code
    except KeyboardInterrupt:
        return _ended("interrupted", INTERRUPTED)
    except StudyError as error:
        return _ended(Exception.__str__(error), error.exit_code)  # `say` makes it harmless, and knows a narrow space
    except Exception as error:  # noqa: BLE001 - the last place where it can be put into a sentence
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        return _ended(in_words(error), StudyError.exit_code)
    return code


def _ended(why: str, code: int) -> int:
    try:
        sys.stdout.flush()
    except OSError:  # else ending would fail once more
        drop(sys.stdout)
    try:
        say(f"study: {why}", sys.stderr)
    except OSError:  # nobody hears it; the exit code says the rest
        drop(sys.stderr)
    return code


def _carried_out(arguments: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as exit_:
        return 0 if not exit_.code else UsageError.exit_code
    try:
        return int(options.verb(options))
    except KeyboardInterrupt:
        goes_on = options.verb in {_study, _run, _plan, _gate, _add_runs, _fleet}
        what = (
            "run the same command again to go on" if goes_on else "nothing of it is kept; the same command begins anew"
        )
        return _ended(f"interrupted; {what}", INTERRUPTED)


class _Parser(argparse.ArgumentParser):
    """One whose messages, which quote what was typed, cannot steer the terminal."""

    def error(self, message: str) -> NoReturn:
        """Say it and end."""
        super().error(harmless(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m study", description="Measure what parallel Python costs on this machine, and report it."
    )
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for name, verb, text in (
        ("study", _study, "measure, then write the report (what `nox -s study` does)"),
        ("run", _run, "measure, or go on with a measurement that was stopped"),
        ("plan", _plan, "say what would be measured, how long it takes, and what the budget leaves out"),
    ):
        made = _add(verbs, name, verb, text)
        takes.wishes(made)
        takes.function(made)
        if name == "study":
            takes.out(made)
            takes.about(made)
            takes.appendix(made)
    takes.gate(_add(verbs, "gate", _gate, "say what changed between two arms that are measured in the same rounds"))
    text = "foretell what a function of yours takes in a loop, in threads and in processes"
    takes.advise(_add(verbs, "advise", _advise, text))
    report = _add(verbs, "report", _report_verb, "write report/ from the runs in results/")
    takes.folder(report, "--results", "folder of runs (default: results/)")
    takes.out(report)
    takes.about(report)
    takes.form(report)
    takes.appendix(report)
    takes.bundle(_add(verbs, "bundle", _bundle, "put a run into one file, to hand it over"))
    takes.add(_add(verbs, "add", _add_runs, "add runs that others have handed over, marked as theirs"))
    takes.compare(_add(verbs, "compare", stored.compare, "set stored runs against each other"))
    takes.runs(_add(verbs, "runs", stored.runs, "list the stored runs, and give them names"))
    takes.history(_add(verbs, "history", stored.history, "say how machines changed from run to run"))
    validate = _add(verbs, "validate", _validate, "try the method on simulated studies whose truth is known")
    takes.folder(validate, "--results", "folder of runs whose noise is resampled (default: results/)")
    beside = _add(verbs, "crosscheck", _crosscheck, "set cells beside independent programs, in the same minutes")
    takes.folder(beside, "--results", "folder that keeps the outcome (default: results/)")
    takes.folder(beside, "--pyperformance", "folder of pyperformance's benchmarks")
    takes.lock(beside)
    takes.fleet(_add(verbs, "fleet", _fleet, "a study on each of many hosts, through Dask; every result is a bundle"))
    _add(
        verbs,
        "selfbench",
        _selfbench,
        "measure the study itself: overhead, efficiency of the plan, speed of the report",
    )
    return parser


def _add(verbs: argparse._SubParsersAction[_Parser], name: str, verb: object, text: str) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=text, description=text)
    parser.set_defaults(verb=verb)
    return parser


def _wishes(options: argparse.Namespace) -> Wishes:
    from study.advise.arms import arms_of
    from study.run import Wishes, arms
    from study.targets.cluster import cluster_of

    asked = arms(options.arm)
    own = arms_of(options, asked, gate=options.verb is _gate, root=ROOT)
    return Wishes(
        root=ROOT,
        results=_results(options),
        budget_s=options.budget,
        only=",".join(options.only),
        pythons=() if own else tuple(options.python),
        arms=own or asked,
        items=own[0].own.count if own and own[0].own else 0,
        machine=options.machine or "",
        fresh=options.fresh,
        simulated=options.simulated,
        seed=options.seed,
        peers=options.peers,
        untested_python=options.untested_python,
        lock=options.lock,
        cluster=cluster_of(options.dask_address, options.dask_tls),
    )


def _run(options: argparse.Namespace) -> int:
    return _told(_measured(options))


def _measured(options: argparse.Namespace) -> Ended:
    memory.check_to_measure()
    from study.progress import Progress
    from study.run import prepared, run

    with prepared(_wishes(options), Progress(passed_over=LOST)) as made:
        return run(made)


def _say_on(text: str) -> None:
    """Say it beside something long, which goes on, and ends as it ends, where nobody hears it any more."""
    say(text, passed_over=LOST)


def _told(ended: Ended) -> int:
    if not ended.finished:
        _say_on("Stopped. What is measured is kept; run the same command again to go on.")
        return INTERRUPTED
    for failure in ended.failed:
        _say_on(f"failed: {failure}")
    return SOME_FAILED if ended.failed else 0


def _study(options: argparse.Namespace) -> int:
    from study.store import runs_named

    _out(options)
    if options.about and options.about != options.machine:
        runs_named(_results(options), options.about)  # a wrong name is found now, not after measuring
    ended = _measured(options)
    code = _told(ended)
    if code == INTERRUPTED:
        return code
    try:
        return _report(options, measured=ended.folder.name if ended.folder else "", tell=_say_on) or code
    except KeyboardInterrupt:  # the same command would measure anew
        return _ended(
            "interrupted; what was measured is kept, its report alone is missing: nox -s report -- --results"
            f" {_results(options)}{f' --out {options.out}' if options.out else ''}",
            INTERRUPTED,
        )


def _plan(options: argparse.Namespace) -> int:
    memory.check_to_measure()
    from study.progress import Progress
    from study.run import prepared
    from study.run.outlook import outlook

    with prepared(_wishes(options), Progress()) as made:
        text = outlook(made)
    say(text)
    return INTERRUPTED if made.stopping else 0


def _gate(options: argparse.Namespace) -> int:
    memory.check_to_measure()
    from study.exits import EXIT
    from study.gate import GateWish, gate, json_of, junit_of, markdown_of, table_of
    from study.plain import writable
    from study.progress import Progress

    asked = ((options.markdown, markdown_of), (options.json, json_of), (options.junit, junit_of))
    written = [(writable(path, options.folder), text_of) for path, text_of in asked if path is not None]
    wish = GateWish(limit=options.limit, same=options.same, slowed=options.slowed or 0.0)
    gated = gate(_wishes(options), wish, Progress(passed_over=LOST))
    code = _told(gated.ended)
    if gated.decided is None or gated.record is None:
        return code
    _say_on(table_of(gated.decided, gated.record))
    kept = _written((path, text_of(gated.decided, gated.record)) for path, text_of in written)
    return EXIT[gated.decided.verdict] or code or kept


def _advise(options: argparse.Namespace) -> int:
    memory.check_to_measure()
    from study.advise.command import advise
    from study.advise.rendered import json_of, markdown_of, text_of
    from study.advise.wish import AdviseWish
    from study.plain import writable

    wish = AdviseWish.of(options)
    asked = ((options.markdown, markdown_of), (options.json, json_of))
    written = [(writable(path, wish.folder), made) for path, made in asked if path is not None]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what it has started ends with it
    advice = advise(wish, _say_on, results=_results(options), lock=options.lock)
    _say_on(text_of(advice))
    return _written((path, made(advice)) for path, made in written)


def _written(files: Iterable[tuple[Path, str]]) -> int:
    """Write beside what was said already; a file that cannot be written is named, and keeps nothing else from being."""
    code = 0
    for path, text in files:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            _complain(f"{path}: not written ({error.strerror}); what it would hold is told above")
            code = StudyError.exit_code
    return code


def _out(options: argparse.Namespace) -> Path:
    """The folder of the report, tried: nothing that is not ours stands in it, and there is memory for it."""
    from study import store
    from study.report import place

    memory.check_to_report()
    results = _results(options)
    own = os.path.realpath(results) == os.path.realpath(ROOT / "results")
    out: Path = options.out or (ROOT if own else results) / "report"
    place.check(out, root=ROOT, results=results, runs=store.run_folders(results), measuring=options.verb is _study)
    return out


def _results(options: argparse.Namespace) -> Path:
    own = options.verb in {_study, _run, _plan, _gate} and takes.function_of(options)
    return options.results or ROOT / ("own" if own else "results")


def _report_verb(options: argparse.Namespace) -> int:
    return _report(options) if options.format == "html" else _printed(options)


def _printed(options: argparse.Namespace) -> int:
    """The report in another form, said and not written."""
    memory.check_to_report()
    from study.evidence import study_of
    from study.report import in_json, in_markdown
    from study.sections import report_of

    stored = study_of(_results(options), ROOT, options.about or "", lock_digest=_lock_digest())
    text = {"md": in_markdown, "json": in_json}[options.format](report_of(stored))
    for problem in stored.left_out.reasons:
        say(f"not in the report: {printable(problem)}", sys.stderr, LOST)
    with outliving(sys.stdout):  # as it is: a line that is cut would be no JSON, and the texts in it were made fit
        sys.stdout.write(text)
    return StudyError.exit_code if stored.left_out.reasons else 0


def _report(options: argparse.Namespace, measured: str = "", tell: Callable[[str], None] = say) -> int:
    out = _out(options)
    with garbage.left():
        return _reported(options, out, measured, tell)


def _reported(options: argparse.Namespace, out: Path, measured: str, tell: Callable[[str], None]) -> int:
    from study.report import ahead, aside, write_report

    with ahead() as drawing, aside() as elsewhere:
        # In the block: whoever draws is begun with little in its memory, and imports what it needs meanwhile.
        from study.evidence import study_of
        from study.sections import report_of

        stored = study_of(_results(options), ROOT, options.about or "", lock_digest=_lock_digest(), aside=elsewhere)
        report = report_of(stored, drawing.section, elsewhere)
        paths = write_report(report, out=out, appendix=options.appendix, drawing=drawing)
    refused = (*stored.left_out.reasons, *paths.not_drawn)
    for problem in refused:
        say(f"not in the report: {printable(problem)}", sys.stderr, LOST)
    about = f"{stored.subject.machine}/{stored.subject.id}"
    tell(f"The report is about {printable(about)}")
    if measured not in {"", about}:
        measured = printable(measured)
        tell(f"{measured}, measured just now, stands beside it: --about {measured} makes the page about it")
    tell(f"The report: {paths.html}")
    tell(f"      PDF: {paths.pdf or paths.pdf_reason}")
    if options.appendix and paths.appendix:
        tell(f" appendix: {paths.appendix}")
    return StudyError.exit_code if refused else 0


def _bundle(options: argparse.Namespace) -> int:
    from study.exchange import Handing, hand_over

    return hand_over(Handing.of(options, _results(options)), say)


def _add_runs(options: argparse.Namespace) -> int:
    from study.exchange import Taking, take_in

    asked = Taking.of(options, _results(options), committed=ROOT / "results")
    return take_in(asked, _say_on, _complain)


def _complain(text: str) -> None:
    say(f"study: {text}", sys.stderr, LOST)


def _lock_digest() -> str:
    from study.identity import digest_of_files

    return digest_of_files(ROOT, [ROOT / "requirements-harness.txt"])


def _validate(options: argparse.Namespace) -> int:
    memory.check_to_report()
    from study.lab.validate import validate

    return 0 if validate(_results(options), say=_say_on) else SOME_FAILED


def _crosscheck(options: argparse.Namespace) -> int:
    memory.check_to_measure()
    from study.lab.crosscheck import crosscheck

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what it has started ends with it
    crosscheck(ROOT, _results(options), pyperformance=options.pyperformance, lock=options.lock, say=_say_on)
    return 0


def _fleet(options: argparse.Namespace) -> int:
    memory.check_to_measure()
    from study.fleet.coordinate import fleet
    from study.fleet.wish import wish_of

    return int(fleet(wish_of(options, root=ROOT), _say_on))


def _selfbench(options: argparse.Namespace) -> int:
    del options
    memory.check_to_report()
    from study.lab.selfbench import report_of_bench

    text, good = report_of_bench(ROOT)
    say(text)
    return 0 if good else SOME_FAILED
