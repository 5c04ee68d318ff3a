"""The verbs: parse, call, print. No logic, and nothing heavy imported before a verb needs it."""

from __future__ import annotations

import argparse
import errno
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from study import __version__
from study.errors import StudyError, UsageError, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.run import Ended, Wishes

ROOT = Path(__file__).resolve().parent.parent
INTERRUPTED = 130
SOME_FAILED = 2
LONGEST_S = 1000 * 3600.0
"""No budget is longer: what is more is a slip of the finger."""
_UNITS_S = {"s": 1, "m": 60, "h": 3600}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; the exit code says how it went.

    0 all done or declared away, 1 usage, 2 some cells failed, 3 state or I/O, 130 interrupted and resumable.
    """
    try:
        code = _carried_out(arguments)
        sys.stdout.flush()
    except StudyError as error:
        print(f"study: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("study: interrupted; run the same command again to go on", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()  # whoever read it has left; nothing more can be said to them
        sys.stderr.close()
        return StudyError.exit_code
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _drop_output()
        print(f"study: what there is to say cannot be written: {error.strerror}; free some room", file=sys.stderr)
        return StudyError.exit_code
    return code


def _drop_output() -> None:
    """Let what is still buffered go nowhere, so that ending does not fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _carried_out(arguments: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as exit_:
        return 0 if not exit_.code else UsageError.exit_code
    return int(options.verb(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m study", description="Measure what parallel Python costs on this machine, and report it."
    )
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for name, verb, text in (
        ("study", _study, "measure, then write the report (what `nox -s study` does)"),
        ("run", _run, "measure, or go on with a measurement that was stopped"),
        ("plan", _plan, "say what would be measured, how long it takes, and what the budget leaves out"),
    ):
        parser_of_verb = _add(verbs, name, verb, text)
        _add_wishes(parser_of_verb)
        if name == "study":
            _add_about(parser_of_verb)
    report = _add(verbs, "report", _report, "write report/ from the runs in results/")
    report.add_argument("--results", type=Path, metavar="DIR", help="folder of runs (default: results/)")
    report.add_argument(
        "--out", type=Path, metavar="DIR", help="where to write (default: report/, or DIR/report with --results)"
    )
    _add_about(report)
    _add(verbs, "validate", _validate, "try the method on simulated studies whose truth is known").add_argument(
        "--results", type=Path, metavar="DIR", help="folder of runs whose noise is resampled (default: results/)"
    )
    beside = _add(verbs, "crosscheck", _crosscheck, "set cells beside independent programs, in the same minutes")
    beside.add_argument("--results", type=Path, metavar="DIR", help="folder that keeps the outcome (default: results/)")
    beside.add_argument("--pyperformance", type=Path, metavar="DIR", help="folder of pyperformance's benchmarks")
    _add(verbs, "bench", _bench, "measure the study itself: overhead, efficiency of the plan, speed of the report")
    return parser


def _add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, verb: object, text: str
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=text, description=text)
    parser.set_defaults(verb=verb)
    return parser


def _add_about(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--about",
        default="",
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
    add("--only", default="", metavar="Q", help="only this question or experiment, such as q3")
    add("--python", type=Path, action="append", default=[], metavar="PATH", help="interpreter to study (repeatable)")
    add(
        "--untested-python", action="store_true", help="measure interpreters newer than the study knows, marked as such"
    )
    add("--machine", default="", metavar="NAME", help="name for this machine (remembered)")
    add("--fresh", action="store_true", help="begin a new run even where one could be continued")
    add("--simulated", action="store_true", help="made-up times from a known law; needs --results outside results/")
    add("--results", type=Path, metavar="DIR", help="folder of runs (default: results/)")
    add("--out", type=Path, metavar="DIR", help="where the report is written (default: report/, or DIR/report)")
    add(
        "--peers", action="store_true", help="measure joblib and dask.distributed too; installs them beside the targets"
    )
    add("--seed", type=_seed, metavar="N", help="seed of the order, 0 to 2^63 - 1 (default: drawn)")


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text)
    seconds = float(match[1]) * _UNITS_S[match[2]] if match is not None else 0.0
    if not 0.0 < seconds <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; write 90s, 2m, 10m or 1h (1000h at most)")
    return seconds


def _seed(text: str) -> int:
    """A seed that the manifest can hold."""
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"{printable(text, 40)!r} is not a whole number from 0 to 2^63 - 1")
    return int(text)


def _wishes(options: argparse.Namespace) -> Wishes:
    from study.run import Wishes

    return Wishes(
        root=ROOT,
        results=options.results or ROOT / "results",
        budget_s=options.budget,
        only=options.only,
        pythons=tuple(options.python),
        machine=options.machine,
        fresh=options.fresh,
        simulated=options.simulated,
        seed=options.seed,
        peers=options.peers,
        untested_python=options.untested_python,
    )


def _run(options: argparse.Namespace) -> int:
    return _told(_measured(options))


def _measured(options: argparse.Namespace) -> Ended:
    from study.progress import Progress
    from study.run import run, session

    with session(_wishes(options), Progress()) as made:
        return run(made)


def _told(ended: Ended) -> int:
    if not ended.finished:
        print("Stopped. What is measured is kept; run the same command again to go on.")
        return INTERRUPTED
    for failure in ended.failed:
        print(f"failed: {failure}")
    return SOME_FAILED if ended.failed else 0


def _study(options: argparse.Namespace) -> int:
    from study.store import runs_named

    if options.about and options.about != options.machine:
        runs_named(options.results or ROOT / "results", options.about)  # a wrong name is found now, not after measuring
    ended = _measured(options)
    code = _told(ended)
    if code == INTERRUPTED:
        return code
    return _report(options, measured=ended.folder.name if ended.folder else "") or code


def _plan(options: argparse.Namespace) -> int:
    from study.progress import Progress
    from study.run import session
    from study.run.outlook import outlook

    with session(_wishes(options), Progress()) as made:
        text = outlook(made)
    print(text)
    return INTERRUPTED if made.stopping else 0


def _report(options: argparse.Namespace, measured: str = "") -> int:
    from study.analyse import findings
    from study.report import write_report

    results = options.results or ROOT / "results"
    out = options.out or (ROOT if results == ROOT / "results" else results) / "report"
    found, refused = findings(results, ROOT, options.about)
    paths = write_report(found, out=out, lock_digest=_lock_digest())
    for problem in refused:
        print(f"not in the report: {problem}", file=sys.stderr)
    about = f"{found.runs[0].machine}/{found.runs[0].run_id}"
    print(f"The report is about {about}")
    if measured not in {"", about}:
        print(f"{measured}, measured just now, stands beside it: --about {measured} makes the page about it")
    print(f"The report: {paths.html}")
    print(f"      PDF: {paths.pdf or paths.pdf_reason}")
    return StudyError.exit_code if refused else 0


def _lock_digest() -> str:
    from study.identity import digest_of_files

    return digest_of_files(ROOT, [ROOT / "requirements-harness.txt"])


def _validate(options: argparse.Namespace) -> int:
    from study.validate import validate

    return 0 if validate(options.results or ROOT / "results") else SOME_FAILED


def _crosscheck(options: argparse.Namespace) -> int:
    from study.crosscheck import crosscheck

    crosscheck(ROOT, options.results or ROOT / "results", pyperformance=options.pyperformance)
    return 0


def _bench(options: argparse.Namespace) -> int:
    del options
    from study.selfbench import report_of_bench

    text, good = report_of_bench(ROOT)
    print(text)
    return 0 if good else SOME_FAILED
