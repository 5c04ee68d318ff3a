"""What each verb takes on the command line, beside its name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from study import typed

if TYPE_CHECKING:
    import argparse


def about(parser: argparse.ArgumentParser) -> None:
    """What the report is about."""
    parser.add_argument(
        "--about",
        type=typed.word,
        metavar="MACHINE[/RUN]",
        help="what the report is about (default: this machine's fullest run of the present code)",
    )


def form(parser: argparse.ArgumentParser) -> None:
    """In which form the report is told."""
    parser.add_argument(
        "--format",
        choices=("html", "md", "json"),
        default="html",
        help="html (default): pages, PDF and numbers as files; md: verdicts, numbers to remember and decisions, to be pasted;"
        " json: all of it for a program. md and json are printed, and nothing is written",
    )


def appendix(parser: argparse.ArgumentParser) -> None:
    """Whether every cell is set on paper too."""
    parser.add_argument(
        "--appendix", action="store_true", help="write report-appendix.pdf, with every cell of every run, as well"
    )


def wishes(parser: argparse.ArgumentParser, usual: str = "10m") -> None:
    """What is to be measured, where, and for how long."""
    add = parser.add_argument
    add(
        "--budget",
        type=typed.seconds,
        default=usual,
        metavar="TIME",
        help=f"time to measure, such as 2m or 1h (default: {usual})",
    )
    add(
        "--only",
        type=typed.names,
        action="append",
        default=[],
        metavar="Q",
        help="only these questions or experiments, such as q3 or q1,q3-process (repeatable)",
    )
    add("--python", type=typed.path, action="append", default=[], metavar="PATH", help="interpreter (repeatable)")
    add(
        "--arm",
        type=typed.word,
        action="append",
        default=[],
        metavar="NAME=PYTHON[,VARIABLE=VALUE…][,PACKAGE==VERSION…]",
        help="interpreter to study under a name of its own, with variables such as PYTHON_JIT=1 and packages such as"
        " numpy==2.5.5 in place of the locked ones (repeatable)",
    )
    add(
        "--untested-python", action="store_true", help="measure interpreters newer than the study knows, marked as such"
    )
    add("--machine", type=typed.word, metavar="NAME", help="name for this machine (remembered)")
    add("--fresh", action="store_true", help="begin a new run even where one could be continued (a plan is the same)")
    add("--simulated", action="store_true", help="made-up times from a known law; needs --results outside results/")
    folder(parser, "--results", "folder of runs (default: results/)")
    lock(parser)
    add(
        "--peers",
        action="store_true",
        help="measure joblib, dask.distributed, mpire and notebooks (ipykernel) too; installs them beside the targets",
    )
    add(
        "--dask-address",
        type=typed.word,
        metavar="tls://HOST:PORT",
        help="with --peers: measure a Dask cluster that is there already too; its address is kept nowhere (or tcp://)",
    )
    add(
        "--dask-tls",
        type=typed.word,
        metavar="CA,CERT,KEY",
        help="files in PEM format, with commas between them, for --dask-address tls://…",
    )
    add("--seed", type=typed.seed, metavar="N", help="seed of the order, 0 to 2^63 - 1 (default: drawn)")


def function(parser: argparse.ArgumentParser) -> None:
    """A function of the reader's, which is measured instead of the study's questions."""
    add = parser.add_argument
    text = "measure a function of yours, in the ways of the standard library, instead of the study's questions"
    add("--function", type=typed.word, metavar="MODULE:FUNCTION", help=text)
    _items(parser)


def _items(parser: argparse.ArgumentParser) -> None:
    """What a function of the reader's is called with, by one of three, and where it is at home."""
    add = parser.add_argument
    add(
        "--items",
        type=typed.word,
        metavar="MODULE:ITEMS",
        help="what it is called with: a list, or a function that returns one",
    )
    add("--items-file", type=typed.path, metavar="FILE", help="what it is called with: a line of JSON for each item")
    add("--repeat", type=typed.number, default=0, metavar="N", help="N calls without an argument")
    add(
        "--folder",
        type=typed.path,
        default=Path(),
        metavar="DIR",
        help="where your program would be started (default: here): its modules, the file of --items-file and a relative"
        " --python are looked for there",
    )


def function_of(options: argparse.Namespace) -> dict[str, str | int | Path]:
    """What is typed of a function of the reader's; empty where nothing is."""
    arms = [f"{what}{arm}" for what in ("function", "folder") for arm in ("", "_base", "_head")]
    names = (*arms, "items", "items_file", "repeat")
    typed = {name: value for name in names if (value := getattr(options, name, None))}
    return typed if typed.keys() - {"folder"} else {}


def gate(parser: argparse.ArgumentParser) -> None:
    """What is compared, and how its outcome is written."""
    wishes(parser, "20m")
    function(parser)
    add = parser.add_argument
    for arm in ("base", "head"):
        add(f"--function-{arm}", type=typed.word, metavar="MODULE:FUNCTION", help=f"the function of {arm}")
        add(f"--folder-{arm}", type=typed.path, metavar="DIR", help=f"where the module of {arm} lies, as a checkout")
    add("--limit", type=typed.percent, default="10%", metavar="SHARE", help="slower by more fails (default: 10%%)")
    add("--same", type=typed.percent, default="5%", metavar="SHARE", help="counts as the same (default: within 5%%)")
    add(
        "--slowed",
        type=typed.percent,
        metavar="SHARE",
        help="with --simulated: by how much every second event of head is slower",
    )
    for name, text in (("markdown", "a table in Markdown"), ("json", "all of it as JSON"), ("junit", "JUnit XML")):
        add(f"--{name}", type=typed.path, metavar="FILE", help=f"write the outcome, in the folder of --folder: {text}")


def advise(parser: argparse.ArgumentParser) -> None:
    """The reader's function, its items, and how the answer is written."""
    add = parser.add_argument
    add("function", type=typed.word, metavar="MODULE:FUNCTION", help="what is called with each item")
    _items(parser)
    add(
        "--python",
        type=typed.word,
        metavar="PATH",
        help="your interpreter (default: of .venv in the folder, else that of the shell); nothing is installed into it",
    )
    add("--workers", type=typed.numbers, default=(), metavar="N,N", help="numbers of workers to look at, such as 1,2,4")
    add(
        "--start-method",
        type=typed.names,
        action="append",
        default=[],
        metavar="NAME",
        help="only these ways to start a process (repeatable)",
    )
    add(
        "--budget",
        type=typed.seconds,
        default="10s",
        metavar="TIME",
        help="time to measure, such as 10s (default) or 1m",
    )
    add("--verify", action="store_true", help="run the loop and the best two ways as well, beside what is foretold")
    for name, text in (("markdown", "as Markdown"), ("json", "all of it as JSON")):
        add(f"--{name}", type=typed.path, metavar="FILE", help=f"write the answer, in that folder: {text}")
    folder(parser, "--results", "folder of runs, one of which may add to what is measured (default: results/)")
    lock(parser)


def fleet(parser: argparse.ArgumentParser) -> None:
    """Where the hosts are found, and what each of them is to measure."""
    add = parser.add_argument
    add(
        "--scheduler",
        type=typed.word,
        required=True,
        metavar="tls://HOST:PORT",
        help="Dask's scheduler, to which a worker of each host has come (study/fleet/README.md)",
    )
    for name, text in (
        ("ca", "the authority that signed everybody's certificate"),
        ("cert", "the certificate of this side"),
        ("key", "its key"),
    ):
        add(f"--tls-{name}", type=typed.path, required=True, metavar="FILE", help=f"{text}, in PEM format")
    add(
        "--budget",
        type=typed.seconds,
        default="10m",
        metavar="TIME",
        help="time to measure on each host, such as 10m (default)",
    )
    add(
        "--hosts",
        type=typed.word,
        nargs="+",
        default=[],
        metavar="NAME",
        help="only the hosts whose workers have these names (default: all that are there)",
    )
    add(
        "--spool",
        type=typed.word,
        metavar="DIR",
        help="folder on the hosts where their bundles stay (default: one of its own in /var/tmp)",
    )
    folder(parser, "--results", "folder of runs to which the bundles are added (default: results/)")
    folder(parser, "--journal", "the coordinator's own folder, by which it goes on (default: fleet/)")
    add("--collect", action="store_true", help="fetch what is finished; nothing is measured")
    add("--fresh", action="store_true", help="begin a new fleet even where one could be gone on with")
    add("study", nargs="*", metavar="-- …", help="options of `study run` for each host, such as -- --only q3")


def bundle(parser: argparse.ArgumentParser) -> None:
    """Which run is handed over, and in which file."""
    add = parser.add_argument
    text = "which run (default: this machine's newest finished one)"
    add("run", nargs="?", type=typed.word, metavar="MACHINE[/RUN]", help=text)
    add(
        "--to",
        type=typed.path,
        metavar="FILE|FOLDER",
        help="file to write, or the folder for it (default: here, MACHINE-RUN-DIGEST.study)",
    )
    add(
        "--show",
        action="store_true",
        help="say every fact that would leave this house, and what would not; write nothing",
    )
    add("--simulated", action="store_true", help="hand over a run of made-up times")
    here(parser)
    folder(parser, "--results", "folder of runs (default: results/)")


def add(parser: argparse.ArgumentParser) -> None:
    """Which runs are added, and under which name."""
    take = parser.add_argument
    take("files", nargs="+", type=typed.path, metavar="FILE", help="a bundle, as `bundle` writes it (repeatable)")
    take(
        "--as",
        dest="label",
        type=typed.word,
        metavar="NAME",
        help="name of their machine here (default: its own; numbered where other hardware has that)",
    )
    take("--check", action="store_true", help="check them, and say what would be done; write nothing")
    take("--simulated", action="store_true", help="add made-up times too; needs --results outside results/")
    here(parser)
    folder(parser, "--results", "folder of runs (default: results/)")


def compare(parser: argparse.ArgumentParser) -> None:
    """What is compared, what of it is asked for, and how it is shown."""
    add = parser.add_argument
    add(
        "runs",
        nargs="+",
        type=typed.word,
        metavar="RUN",
        help="MACHINE, MACHINE/RUN, either with @INTERPRETER, a .study file, latest, latest~3, best, or a name given with"
        " `runs --mark`; the first is the baseline, and stands against latest where it is alone",
    )
    which(parser)
    add("--min", type=typed.percent, metavar="SHARE", help="list no cell that differs by less, such as 5%%")
    add("--all", action="store_true", help="list every cell, not only those furthest from the middle")
    add(
        "--normalise",
        choices=("no", "loop", "middle"),
        default="no",
        help="divide every ratio by that of the plain loop, or by the middle one",
    )
    add("--sort", choices=("size", "name", "kind"), default="size", help="order of the cells (default: size)")
    add("--same-within", type=typed.percent, default="5%", metavar="SHARE", help="counts as the same (default: 5%%)")
    add(
        "--fail-if-slower",
        type=typed.percent,
        metavar="SHARE",
        help="a gate: end with 4 where a cell is slower than that allows, 5 where it could not have been seen, 6 where nothing"
        " can be compared; two runs apart can promise 20%% and more",
    )
    add("--anyway", action="store_true", help="describe what is not comparable too, without intervals")
    for name, text in (("markdown", "tables in Markdown"), ("json", "all of it as JSON"), ("csv", "every cell as CSV")):
        add(f"--{name}", type=typed.path, metavar="FILE", help=f"write it: {text}")
    here(parser)
    folder(parser, "--results", "folder of runs (default: results/)")


def runs(parser: argparse.ArgumentParser) -> None:
    """What is listed, and names that are given to runs."""
    add = parser.add_argument
    add("--json", action="store_true", help="as JSON")
    add(
        "--mark", nargs=2, type=typed.word, metavar=("NAME", "RUN"), help="give a run a name, to be compared with by it"
    )
    add("--unmark", type=typed.word, metavar="NAME", help="take a name away; the run stays")
    here(parser)
    folder(parser, "--results", "folder of runs (default: results/)")


def history(parser: argparse.ArgumentParser) -> None:
    """Of which machine and of which cells."""
    add = parser.add_argument
    add("--machine", type=typed.word, metavar="NAME", help="of this machine alone")
    which(parser)
    add("--json", action="store_true", help="as JSON")
    add("--markdown", type=typed.path, metavar="FILE", help="write it as Markdown too")
    here(parser)
    folder(parser, "--results", "folder of runs (default: results/)")


def which(parser: argparse.ArgumentParser) -> None:
    """Which cells."""
    add = parser.add_argument
    add("--cells", type=typed.word, metavar="PATTERN", help="only cells whose name has this (a regular expression)")
    add(
        "--kind",
        type=typed.names,
        action="append",
        default=[],
        metavar="KIND",
        help="only these kinds: loop, start, threads, interpreters, pools, messages, memory (repeatable)",
    )


def here(parser: argparse.ArgumentParser) -> None:
    """Where files are looked for that are named without a folder."""
    parser.add_argument(
        "--folder", type=typed.path, default=Path(), metavar="DIR", help="where files are looked for (default: here)"
    )


def out(parser: argparse.ArgumentParser) -> None:
    """Where the report is written."""
    folder(parser, "--out", "where the report is written (default: report/, or DIR/report with --results)")


def lock(parser: argparse.ArgumentParser) -> None:
    """Where the lock lies."""
    folder(parser, "--lock", "folder of the lock that keeps two studies apart (default: that of temporary files)")


def folder(parser: argparse.ArgumentParser, option: str, text: str) -> None:
    """A folder, or what can become one."""
    parser.add_argument(option, type=typed.path if option == "--out" else typed.folder, metavar="DIR", help=text)
