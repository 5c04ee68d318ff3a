"""Every chore of the project, one session each; `nox -l` lists them.

Each session is one program run in an environment made from a lock file. Options of the program go behind `--`:
`nox -s study -- --budget 2m`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nox

nox.needs_version = ">=2026.10.20"
nox.options.default_venv_backend = "venv"  # virtualenv and uv need not be there
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "types", "tests"]

OLDEST, NEWEST = (3, 11), (3, 15)
UV = "uv==0.13.9"
LOCKS = {group: f"requirements-{group}.txt" for group in ("harness", "target", "peers", "fleet", "dev")}
"""Dependency group of pyproject.toml -> its lock file. In this order: the versions of the first bind the others."""


def dotted(version: tuple[int, ...]) -> str:
    """The version as people write it."""
    return ".".join(map(str, version))


def install(session: nox.Session, *groups: str) -> None:
    """Install the locked dependencies of these groups, each file checked against its hash."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        wanted, found = " to ".join(map(dotted, (OLDEST, NEWEST))), dotted(sys.version_info[:2])
        session.error(f"Python {wanted} is needed and nox runs on {found}: make .venv anew with another python3.")
    session.install("--require-hashes", *(word for group in groups for word in ("-r", LOCKS[group])))


def run_study(session: nox.Session, verb: str, *words: str) -> None:
    """Run one verb of the study. Ctrl-C is the study's own business: nox waits for it as long as it takes."""
    install(session, "harness")
    run_for_long(session, "python", verb, *words)


def run_beside(session: nox.Session, verb: str, *words: str) -> None:
    """The same in the environment of `study`, which is half a gigabyte: one for all verbs."""
    run_for_long(session, str(made_by(session, "study")), verb, *words)


def run_for_long(session: nox.Session, python: str, verb: str, *words: str) -> None:
    """The verb, by this interpreter."""
    command = (python, "-m", "study", verb, *words, *session.posargs)
    session.run(*command, interrupt_timeout=None, terminate_timeout=None)


def made_by(session: nox.Session, name: str) -> Path:
    """The interpreter of another session's environment, which is made, or looked at, first."""
    environments = Path(session.cache_dir).parent
    own = sys.argv[: sys.argv.index("--")] if "--" in sys.argv else sys.argv
    kept = ("-R",) if {"-R", "--no-install"} & set(own) else ()  # as it was asked of this session
    command = (sys.executable, "-m", "nox", *kept, "-f", __file__, "--envdir", str(environments), "-s", name)
    session.log(f"the environment of `{name}` is looked at; where it is new, that takes half a minute")
    session.run_install(*command, "--install-only", silent=True)
    return environments / name / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def place(session: nox.Session) -> tuple[str, ...]:
    """Where nox was called: there a function of the reader's, and files that are named, are looked for."""
    return ("--folder", session.invoked_from)


@nox.session
def study(session: nox.Session) -> None:
    """Measure this machine, then write the report."""
    run_study(session, "study", *place(session))


@nox.session(venv_backend="none")
def report(session: nox.Session) -> None:
    """Write the report from the stored results; nothing is measured."""
    run_beside(session, "report")


@nox.session(venv_backend="none")
def gate(session: nox.Session) -> None:
    """Say what changed between two arms, `-- --arm base=… --arm head=…`; its last line has the word."""
    run_beside(session, "gate", *place(session))


@nox.session(venv_backend="none")
def advise(session: nox.Session) -> None:
    """Foretell what a function of yours takes in a loop, threads, processes: `-- module:function --items module:items`."""
    run_beside(session, "advise", *place(session))


@nox.session(venv_backend="none")
def bundle(session: nox.Session) -> None:
    """Put a run into one file, to hand it over; `-- --show` says every fact that would be in it and writes nothing."""
    run_beside(session, "bundle", *place(session))


@nox.session(venv_backend="none")
def add(session: nox.Session) -> None:
    """Add runs that others have handed over, marked as theirs: `-- FILE.study [FILE.study …]`."""
    run_beside(session, "add", *place(session))


@nox.session(venv_backend="none")
def compare(session: nox.Session) -> None:
    """Set stored runs against each other, `-- A [B …]`; with `--fail-if-slower 20%` its last line has the word of a gate."""
    run_beside(session, "compare", *place(session))


@nox.session(venv_backend="none")
def runs(session: nox.Session) -> None:
    """List the stored runs; `-- --mark NAME RUN` gives one a name."""
    run_beside(session, "runs", *place(session))


@nox.session(venv_backend="none")
def history(session: nox.Session) -> None:
    """Say how machines changed from run to run, and since when."""
    run_beside(session, "history", *place(session))


@nox.session(venv_backend="none")
def selfbench(session: nox.Session) -> None:
    """Measure the study itself: what its own machinery costs, as ratios."""
    run_beside(session, "selfbench")


@nox.session(venv_backend="none")
def validate(session: nox.Session) -> None:
    """Try the method on simulated studies whose truth is known; the report prints what came out."""
    run_beside(session, "validate")


@nox.session(venv_backend="none")
def crosscheck(session: nox.Session) -> None:
    """Set cells beside independent programs, in the same minutes; the report shows both."""
    run_beside(session, "crosscheck")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, and measure what of the study they run; without that where words of your own choose some of them."""
    install(session, "harness", "dev", "peers")
    measured = [] if session.posargs else ["--cov"]
    # From 3.12 on the interpreter itself tells which lines ran, at a fraction of a tracer's cost.
    core = {"COVERAGE_CORE": "sysmon"} if measured and sys.version_info >= (3, 12) else {}
    # Two cores end twice as soon; more than four processes would want more memory than they save time.
    command = ("pytest", "-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")
    session.run(*command, *measured, *session.posargs, env=core)


@nox.session(default=False)
def fleet(session: nox.Session) -> None:
    """A study on each of many hosts, through Dask: `-- --scheduler tls://… --tls-ca … -- --only q3`; study/fleet/README.md."""
    install(session, "harness", "fleet")
    session.run("python", "-m", "study", "fleet", *session.posargs, interrupt_timeout=None, terminate_timeout=None)


@nox.session(default=False)
def fuzz(session: nox.Session) -> None:
    """Files of results and experiments made wrong: nothing but the study's own errors may come out. `-- --inputs N`."""
    install(session, "harness", "dev")
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session(default=False, venv_backend="none")
def mutants(session: nox.Session) -> None:
    """Small wrong changes, each of which must make a test fail; in the environment of the tests. `-- --sample N`."""
    session.run(str(made_by(session, "tests")), "-m", "tests.mutants", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format of the code."""
    install(session, "dev")
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types."""
    install(session, "harness", "dev")
    session.run("mypy", *session.posargs)


@nox.session(default=False)
def locks(session: nox.Session) -> None:
    """Renew the lock files: one version of each package for every Python that it serves; `-- --upgrade` takes the newest."""
    session.install(UV)
    bound: list[str] = []
    for group, lock in LOCKS.items():
        session.run(
            "uv", "pip", "compile", "--quiet", "--no-config", "--no-header", "--no-emit-index-url", "--generate-hashes",
            "--universal", "--fork-strategy", "fewest", "--python-version", dotted(OLDEST),
            "--group", f"pyproject.toml:{group}", *bound, "--output-file", lock, *session.posargs,
        )  # fmt: skip
        if group in {"harness", "peers"}:  # the tests' environment has both beside its own
            bound += ["--constraint", lock]
