"""The options that verbs offer, with what is said of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import typed

if TYPE_CHECKING:
    import argparse


def add_about(parser: argparse.ArgumentParser) -> None:
    """What the report is about."""
    parser.add_argument(
        "--about",
        type=typed.word,
        metavar="MACHINE[/RUN]",
        help="what the report is about (default: this machine's fullest run of the present code)",
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """In which form the report is told."""
    parser.add_argument(
        "--format",
        choices=("html", "md", "json"),
        default="html",
        help="html (default): pages, PDF and numbers as files; md: verdicts, numbers to remember and decisions, to be pasted;"
        " json: all of it for a program. md and json are printed, and nothing is written",
    )


def add_appendix(parser: argparse.ArgumentParser) -> None:
    """Whether every cell is set on paper too."""
    parser.add_argument(
        "--appendix", action="store_true", help="write report-appendix.pdf, with every cell of every run, as well"
    )


def add_wishes(parser: argparse.ArgumentParser) -> None:
    """What is to be measured, and with what."""
    add = parser.add_argument
    add(
        "--budget",
        type=typed.seconds,
        default="10m",
        metavar="TIME",
        help="time to measure, such as 2m, 10m (default) or 1h",
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
    add_folder(parser, "--results", "folder of runs (default: results/)")
    add_lock(parser)
    add(
        "--peers",
        action="store_true",
        help="measure joblib, dask.distributed, mpire and notebooks (ipykernel) too; installs them beside the targets",
    )
    add("--seed", type=typed.seed, metavar="N", help="seed of the order, 0 to 2^63 - 1 (default: drawn)")


def add_gate(parser: argparse.ArgumentParser) -> None:
    """What is to be measured, and what of it fails."""
    add_wishes(parser)
    parser.set_defaults(budget=20 * 60.0)
    add = parser.add_argument
    add("--limit", type=typed.percent, default="10%", metavar="SHARE", help="slower by more fails (default: 10%%)")
    add("--same", type=typed.percent, default="5%", metavar="SHARE", help="counts as the same (default: within 5%%)")
    add(
        "--slowed",
        type=typed.percent,
        metavar="SHARE",
        help="with --simulated: by how much every second event of head is slower",
    )
    for name, text in (("markdown", "a table in Markdown"), ("json", "all of it as JSON"), ("junit", "JUnit XML")):
        add(f"--{name}", type=typed.path, metavar="FILE", help=f"write the outcome: {text}")


def add_out(parser: argparse.ArgumentParser) -> None:
    """Where the report is written."""
    add_folder(parser, "--out", "where the report is written (default: report/, or DIR/report with --results)")


def add_lock(parser: argparse.ArgumentParser) -> None:
    """What keeps two studies apart."""
    add_folder(parser, "--lock", "folder of the lock that keeps two studies apart (default: that of temporary files)")


def add_folder(parser: argparse.ArgumentParser, option: str, text: str) -> None:
    """A folder by its name."""
    parser.add_argument(option, type=typed.path if option == "--out" else typed.folder, metavar="DIR", help=text)
