"""The verbs: parse, call, print. No logic, and nothing heavy imported before a verb needs it."""

from __future__ import annotations

import argparse
import errno
import os
import re
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from study import __version__, memory, unheeded
from study.errors import LIMITS, StudyError, UsageError, printable
from study.terminal import LOST, drop, harmless, open_streams, outliving, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from study.run import Ended, Wishes

ROOT = Path(__file__).resolve().parent.parent
INTERRUPTED = 130
SOME_FAILED = 2
TRACEBACK = "STUDY_TRACEBACK"
HOW_TO_SEE_WHERE = f"with {TRACEBACK}=1 the place in the code is shown"
LONGEST_S = 1000 * 3600.0
"""No budget is longer: what is more is a slip of the finger."""
_UNITS_S = {"s": 1, "m": 60, "h": 3600}


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
        return _ended(str(error), error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last place where it can be put into a sentence
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        return _ended(_in_words(error), StudyError.exit_code)
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


def _in_words(error: Exception) -> str:
    """What nobody foresaw, in a sentence: the machine's fault, as far as can be told, or the study's."""
    if isinstance(error, MemoryError):
        return (
            "there is not enough memory. What is measured is kept; free some (ulimit -v) and run the same command again"
        )
    said = printable(str(error))
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"what there is to say cannot be written: {error.strerror}; free some room"
    if isinstance(error, OSError) and error.errno in LIMITS:
        return f"{said}: {LIMITS[error.errno]} and run the same command again. What is measured is kept"
    if isinstance(error, OSError) and error.errno is not None:
        return f"the system refuses something that is needed: {said}. What is measured is kept; {HOW_TO_SEE_WHERE}"
    ours = Path(__file__).resolve().parent
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(ours)]
    where = f" in {Path(frames[-1].filename).relative_to(ROOT).as_posix()}, line {frames[-1].lineno}" if frames else ""
    return (
        f"{type(error).__name__}{where}: {said or 'without a word'}. This is a defect of the study: please report it."
        f" What is measured is kept; {HOW_TO_SEE_WHERE}"
    )


def _carried_out(arguments: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as exit_:
        return 0 if not exit_.code else UsageError.exit_code
    try:
        return int(options.verb(options))
    except KeyboardInterrupt:
        goes_on = options.verb in {_study, _run, _plan, _gate}
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
        _add_wishes(made)
        if name == "study":
            _add_out(made)
            _add_about(made)
    _add_gate(_add(verbs, "gate", _gate, "say what changed between two arms that are measured in the same rounds"))
    text = "foretell what a function of yours takes in a loop, in threads and in processes"
    _add_advise(_add(verbs, "advise", _advise, text))
    report = _add(verbs, "report", _report, "write report/ from the runs in results/")
    _add_folder(report, "--results", "folder of runs (default: results/)")
    _add_out(report)
    _add_about(report)
    validate = _add(verbs, "validate", _validate, "try the method on simulated studies whose truth is known")
    _add_folder(validate, "--results", "folder of runs whose noise is resampled (default: results/)")
    beside = _add(verbs, "crosscheck", _crosscheck, "set cells beside independent programs, in the same minutes")
    _add_folder(beside, "--results", "folder that keeps the outcome (default: results/)")
    _add_folder(beside, "--pyperformance", "folder of pyperformance's benchmarks")
    _add_lock(beside)
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


def _add_about(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--about",
        type=_word,
        metavar="MACHINE[/RUN]",
        help="what the report is about (default: this machine's fullest run of the present code)",
    )


def _add_wishes(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--budget",
        type=_seconds,
        default="10m",
        metavar="TIME",
        help="time to measure, such as 2m, 10m (default) or 1h",
    )
    add(
        "--only",
        type=_names,
        action="append",
        default=[],
        metavar="Q",
        help="only these questions or experiments, such as q3 or q1,q3-process (repeatable)",
    )
    add("--python", type=_path, action="append", default=[], metavar="PATH", help="interpreter to study (repeatable)")
    add(
        "--arm",
        type=_word,
        action="append",
        default=[],
        metavar="NAME=PYTHON[,VARIABLE=VALUE…][,PACKAGE==VERSION…]",
        help="interpreter to study under a name of its own, with variables such as PYTHON_JIT=1 and packages such as"
        " numpy==2.5.5 in place of the locked ones (repeatable)",
    )
    add(
        "--untested-python", action="store_true", help="measure interpreters newer than the study knows, marked as such"
    )
    add("--machine", type=_word, metavar="NAME", help="name for this machine (remembered)")
    add("--fresh", action="store_true", help="begin a new run even where one could be continued (a plan is the same)")
    add("--simulated", action="store_true", help="made-up times from a known law; needs --results outside results/")
    _add_folder(parser, "--results", "folder of runs (default: results/)")
    _add_lock(parser)
    add(
        "--peers",
        action="store_true",
        help="measure joblib, dask.distributed, mpire and notebooks (ipykernel) too; installs them beside the targets",
    )
    add("--seed", type=_seed, metavar="N", help="seed of the order, 0 to 2^63 - 1 (default: drawn)")


def _add_gate(parser: argparse.ArgumentParser) -> None:
    _add_wishes(parser)
    parser.set_defaults(budget=20 * 60.0)
    add = parser.add_argument
    add("--limit", type=_percent, default="10%", metavar="SHARE", help="slower by more than this fails (default: 10%%)")
    add("--same", type=_percent, default="5%", metavar="SHARE", help="what counts as the same (default: within 5%%)")
    add(
        "--slowed",
        type=_percent,
        metavar="SHARE",
        help="with --simulated: by how much every second event of head is slower",
    )
    for name, text in (("markdown", "a table in Markdown"), ("json", "all of it as JSON"), ("junit", "JUnit XML")):
        add(f"--{name}", type=_path, metavar="FILE", help=f"write the outcome: {text}")


def _add_advise(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("function", type=_word, metavar="MODULE:FUNCTION", help="what is called with each item")
    add("--items", type=_word, default="", metavar="MODULE:ITEMS", help="a list, or a function that returns one")
    add("--items-file", type=_path, metavar="FILE", help="a line of JSON for each item")
    add("--repeat", type=_number, default=0, metavar="N", help="N calls without an argument")
    add(
        "--python",
        type=_word,
        default="",
        metavar="PATH",
        help="your interpreter (default: of .venv in the folder, else that of the shell); nothing is installed into it",
    )
    add(
        "--folder",
        type=_path,
        default=Path(),
        metavar="DIR",
        help="where your program would be started (default: here); files of the other options are looked for there",
    )
    add("--workers", type=_numbers, default=(), metavar="N,N", help="numbers of workers to look at, such as 1,2,4")
    add(
        "--start-method",
        type=_names,
        action="append",
        default=[],
        metavar="NAME",
        help="only these ways to start a process (repeatable)",
    )
    add("--budget", type=_seconds, default="10s", metavar="TIME", help="time to measure, such as 10s (default) or 1m")
    add("--verify", action="store_true", help="run the loop and the best two ways as well, beside what is foretold")
    for name, text in (("markdown", "as Markdown"), ("json", "all of it as JSON")):
        add(f"--{name}", type=_path, metavar="FILE", help=f"write the answer: {text}")
    _add_folder(parser, "--results", "folder of runs, one of which may add to what is measured (default: results/)")
    _add_lock(parser)


def _add_out(parser: argparse.ArgumentParser) -> None:
    _add_folder(parser, "--out", "where the report is written (default: report/, or DIR/report with --results)")


def _add_lock(parser: argparse.ArgumentParser) -> None:
    _add_folder(parser, "--lock", "folder of the lock that keeps two studies apart (default: that of temporary files)")


def _add_folder(parser: argparse.ArgumentParser, option: str, text: str) -> None:
    parser.add_argument(option, type=_path if option == "--out" else _folder, metavar="DIR", help=text)


def _word(text: str) -> str:
    """What was typed; nothing, as an unset variable of a shell leaves it, is a mistake."""
    if not text.strip():
        raise argparse.ArgumentTypeError("nothing is named; leave the option out, or name something")
    return text


def _path(text: str) -> Path:
    return Path(_word(text))


def _folder(text: str) -> Path:
    """A folder, or what can become one; what a report would take the place of (`--out`) is told elsewhere."""
    path = _path(text)
    standing = next((above for above in (path, *path.parents) if os.path.lexists(above)), None)
    if standing is not None and not standing.is_dir():
        raise argparse.ArgumentTypeError(f"{str(standing)!r} is no folder; name one")
    return path


def _names(text: str) -> str:
    return ",".join(_word(name) for name in text.split(","))


def _number(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{printable(text, 40)!r} is no whole number from 1 to 999999999")
    return int(text)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(_number, text.split(",")))


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text)
    seconds = float(match[1]) * _UNITS_S[match[2]] if match is not None else 0.0
    if not 0.0 < seconds <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; write 90s, 2m, 10m or 1h (1000h at most)")
    return seconds


def _percent(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)%", text, re.ASCII)
    share = float(match[1]) / 100.0 if match is not None else 0.0
    if not 0.001 <= share <= 10.0:
        raise argparse.ArgumentTypeError(f"{printable(text, 40)!r} is no share; write 5% or 12.5% (0.1% to 1000%)")
    return share


def _seed(text: str) -> int:
    """A seed that the manifest can hold."""
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"{printable(text, 40)!r} is not a whole number from 0 to 2^63 - 1")
    return int(text)


def _wishes(options: argparse.Namespace) -> Wishes:
    from study.run import Wishes, arms

    return Wishes(
        root=ROOT,
        results=_results(options),
        budget_s=options.budget,
        only=",".join(options.only),
        pythons=tuple(options.python),
        arms=arms(options.arm),
        machine=options.machine or "",
        fresh=options.fresh,
        simulated=options.simulated,
        seed=options.seed,
        peers=options.peers,
        untested_python=options.untested_python,
        lock=options.lock,
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
    return _report(options, measured=ended.folder.name if ended.folder else "", tell=_say_on) or code


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
    from study.compare import EXIT, GateWish, gate, json_of, junit_of, markdown_of, table_of
    from study.progress import Progress

    for path in filter(None, (options.markdown, options.json, options.junit)):
        if not path.absolute().parent.is_dir():
            raise UsageError(f"{path}: there is no folder {path.absolute().parent}; make it, or name another file")
    wish = GateWish(limit=options.limit, same=options.same, slowed=options.slowed or 0.0)
    gated = gate(_wishes(options), wish, Progress(passed_over=LOST))
    code = _told(gated.ended)
    if gated.decided is None or gated.record is None:
        return code
    _say_on(table_of(gated.decided, gated.record))
    for path, text_of in ((options.markdown, markdown_of), (options.json, json_of), (options.junit, junit_of)):
        if path is not None:
            path.write_text(text_of(gated.decided, gated.record), encoding="utf-8")
    return EXIT[gated.decided.verdict] or code


def _advise(options: argparse.Namespace) -> int:
    memory.check_to_measure()
    from study.advise.command import advise
    from study.advise.rendered import json_of, markdown_of, text_of, writable
    from study.advise.wish import AdviseWish

    wish = AdviseWish(
        function=options.function,
        items=options.items,
        items_file=options.items_file,
        repeat=options.repeat,
        folder=options.folder,
        python=options.python,
        workers=options.workers,
        start_methods=tuple(name for names in options.start_method for name in names.split(",")),
        budget_s=options.budget,
        verify=options.verify,
    )
    asked = ((options.markdown, markdown_of), (options.json, json_of))
    written = [(writable(path, wish.folder), made) for path, made in asked if path is not None]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what it has started ends with it
    advice = advise(wish, _say_on, results=_results(options), lock=options.lock)
    for path, made in written:
        path.write_text(made(advice), encoding="utf-8")
    _say_on(text_of(advice))
    return 0


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
    return options.results or ROOT / "results"


def _report(options: argparse.Namespace, measured: str = "", tell: Callable[[str], None] = say) -> int:
    out = _out(options)
    from study.evidence import study_of
    from study.report import write_report
    from study.sections import report_of

    stored = study_of(_results(options), ROOT, options.about or "", lock_digest=_lock_digest())
    paths = write_report(report_of(stored), out=out)
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
    return StudyError.exit_code if refused else 0


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


def _selfbench(options: argparse.Namespace) -> int:
    del options
    memory.check_to_report()
    from study.lab.selfbench import report_of_bench

    text, good = report_of_bench(ROOT)
    say(text)
    return 0 if good else SOME_FAILED
