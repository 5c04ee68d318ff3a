"""What is asked of a fleet, and whether it can be asked at all."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from study import identity, takes
from study.certificates import HOW, Certificates, is_address, readable
from study.errors import UsageError, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

OF_THE_COORDINATOR = ("budget", "machine", "results", "lock", "fresh", "dask_address", "dask_tls")
"""Options of a study that are not a host's to be told behind `--`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetWish:
    """What the command line asks for.

    Attributes
    ----------
    scheduler : address of Dask's scheduler, `tls://HOST:PORT`.
    budget_s : seconds for the study on each host.
    hosts : names of the workers to use; none means all that there are.
    spool : the folder on the hosts where bundles are left; '' is the usual one.
    results : where the bundles are added.
    journal : the coordinator's own folder.
    collect : fetch what is finished, and measure nothing.
    fresh : begin a new fleet even where one could be gone on with.
    options : of `python -m study run`, for each host.
    """

    scheduler: str
    certificates: Certificates
    budget_s: float
    hosts: tuple[str, ...] = ()
    spool: str = ""
    results: Path
    journal: Path
    collect: bool = False
    fresh: bool = False
    options: tuple[str, ...] = ()
    simulated: bool = False

    @property
    def asked(self) -> str:
        """Digest of what makes two commands the same fleet. Scheduler and hosts may change while it goes on."""
        return identity.digest_of([list(self.options), self.budget_s, self.spool, os.path.realpath(self.results)])


def wish_of(options: argparse.Namespace, *, root: Path) -> FleetWish:
    """What was typed, as a wish.

    Raises
    ------
    UsageError
        naming the option that cannot be, and what to write instead.
    """
    words = tuple(options.study)
    simulated = _simulated(words)
    results = options.results or root / "results"
    committed, real = (Path(os.path.realpath(folder)) for folder in (root / "results", results))
    if simulated and committed in (real, *real.parents):
        raise UsageError("--simulated makes up times: name a folder outside results/ for them with --results DIR")
    return FleetWish(
        scheduler=_address(options.scheduler),
        certificates=Certificates(
            authority=readable("--tls-ca", options.tls_ca),
            certificate=readable("--tls-cert", options.tls_cert),
            key=readable("--tls-key", options.tls_key),
        ),
        budget_s=options.budget,
        hosts=tuple(options.hosts),
        spool=options.spool or "",
        results=results,
        journal=options.journal or root / "fleet",
        collect=options.collect,
        fresh=options.fresh,
        options=words,
        simulated=simulated,
    )


def _address(text: str) -> str:
    if not text.startswith("tls://"):
        raise UsageError(
            f"--scheduler {printable(text, 100)}: not encrypted. Whoever reaches a scheduler without TLS runs programs on"
            f" every host: start it with certificates and write tls://HOST:PORT; {HOW}"
        )
    if not is_address(text):
        raise UsageError(
            f"--scheduler {printable(text, 100)}: no address; write tls://HOST:PORT, such as tls://10.0.0.1:8786"
        )
    return text.rstrip("/")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"behind --, options of `study run` for each host: {printable(message)}")


def _simulated(words: Sequence[str]) -> bool:
    """Whether made-up times are asked for; all that is typed behind `--` is looked at, before a host is asked."""
    parser = _Parser(add_help=False)
    takes.wishes(parser)
    parser.set_defaults(budget=None)
    found = parser.parse_args(words)
    for name in OF_THE_COORDINATOR:
        if getattr(found, name):
            instead = {
                "machine": "each host is called as its worker is (--name NAME of `dask worker`)",
                "lock": "each host has its own",
                **dict.fromkeys(("dask_address", "dask_tls"), "a host of a fleet measures itself, and no cluster"),
            }.get(name, f"write --{name} before the --")
            raise UsageError(f"behind --: --{name.replace('_', '-')} cannot stand there: {instead}")
    return bool(found.simulated)
