"""A cluster at an address that targets hand tasks to: looked at from each of them before anything is planned."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from study.certificates import Certificates, is_address, readable
from study.errors import TargetError, UsageError, printable
from study.targets import asking
from study.things.addressed import ADDRESS, AUTHORITY, CERTIFICATE, KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from study.targets import Target

OPTION, FILES = "--dask-address", "--dask-tls"
LONGEST_LOOK_S = 10.0
"""For all that is asked of a cluster, the start of the interpreter that asks included."""
HIDDEN = "<cluster>"
"""Stands in a text where an address or a file's name stood."""
_LOOK = "import json\nfrom study.bench.cluster import look\nanswer = look()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A scheduler's address, and the files that encrypt what goes there; `certificates` None: nothing is encrypted."""

    address: str = field(repr=False)
    certificates: Certificates | None = field(default=None, repr=False)

    @property
    def variables(self) -> dict[str, str]:
        """The variables of a process that hands tasks to it. None of them is ever stored."""
        files = self.certificates
        named = {AUTHORITY: files.authority, CERTIFICATE: files.certificate, KEY: files.key} if files else {}
        return {ADDRESS: self.address, **{name: str(path) for name, path in named.items()}}

    def hide(self, text: str) -> str:
        """A text without the address, its host, and the files' names."""
        host = self.address.partition("://")[2].rpartition(":")[0].strip("[]")
        files = self.certificates
        paths = (files.authority, files.certificate, files.key) if files else ()
        words = [self.address, host, *map(str, paths), *(path.name for path in paths)]
        for word in sorted(words, key=len, reverse=True):
            text = re.sub(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", HIDDEN, text)
        return text


def cluster_of(address: str | None, files: str | None) -> Cluster | None:
    """What was typed, as a cluster; None where none is named.

    Raises
    ------
    UsageError
        if it is no address, or the files do not go with it.
    """
    if address is None:
        if files is not None:
            raise UsageError(f"{FILES}: goes with {OPTION} tls://HOST:PORT; name that too, or leave it out")
        return None
    if not is_address(address):
        raise UsageError(
            f"{OPTION} {printable(address, 100)}: no address; write tls://HOST:PORT or tcp://HOST:PORT, such as"
            " tls://10.0.0.1:8786"
        )
    address = address.rstrip("/")
    if address.startswith("tcp://"):
        if files is not None:
            raise UsageError(f"{FILES}: nothing is encrypted at tcp://; write tls://, or leave the files out")
        return Cluster(address=address)
    names = (files or "").split(",")
    if len(names) != 3 or not all(name.strip() for name in names):
        raise UsageError(
            f"{OPTION} tls://…: needs {FILES} CA,CERT,KEY, three files in PEM format with commas between them"
        )
    authority, certificate, key = (readable(FILES, Path(name)) for name in names)
    return Cluster(address=address, certificates=Certificates(authority=authority, certificate=certificate, key=key))


def seen_from(target: Target, cluster: Cluster, *, root: Path) -> dict[str, int]:
    """How many `workers` and `threads` the cluster has, asked from a target's environment.

    Raises
    ------
    TargetError
        if it cannot be used from there; the message says why, and how to mend it.
    """
    environment: Mapping[str, str] = {
        **asking.environment(), **target.variables, **cluster.variables, "PYTHONNOUSERSITE": "1",
    }  # fmt: skip
    if not (target.facts.get("peers") or {}).get("distributed"):
        raise TargetError(
            f"{OPTION}: distributed is not in the environment of {target.name}; it is installed with --peers"
        )
    answer, said = asking.ask(target.python, _LOOK, environment, cwd=root, longest_s=LONGEST_LOOK_S)
    if answer is None:
        why = (
            f"it gives no answer within {LONGEST_LOOK_S:g} s"
            if said.returncode == asking.TOO_LATE
            else "asking it fails"
        )
        raise TargetError(f"{OPTION}, from {target.name}: {why}; see whether its scheduler and workers are there")
    if answer.get("why"):
        raise TargetError(f"{OPTION}, from {target.name}: {printable(str(answer['why']))}")
    return {"workers": int(answer["workers"]), "threads": int(answer["threads"])}


def seen_from_all(targets: Iterable[Target], cluster: Cluster, *, root: Path) -> dict[str, int]:
    """What every target sees of it, the same.

    Raises
    ------
    TargetError
        if a target cannot use it, or its workers come and go.
    """
    seen = [seen_from(target, cluster, root=root) for target in targets]
    if any(one != seen[0] for one in seen):
        raise TargetError(f"{OPTION}: workers come or go while it is looked at; wait until all are there")
    return seen[0]
