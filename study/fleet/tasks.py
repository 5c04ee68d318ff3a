"""What the coordinator asks a worker for. These functions run there, and nothing of them runs anywhere else.

What goes in and out are plain values, so that a host with other code can still be asked which code it has.
"""

from __future__ import annotations

from typing import Any

import msgspec

from study.errors import StudyError
from study.fleet import host, quiet
from study.fleet.spool import Spool
from study.fleet.words import Finished, Look, Order

Answer = dict[str, Any]
FAILED = "failed"
"""The key of a sentence where there is no answer."""


def look(spool: str) -> Answer:
    """Which host this is, and whether its code and its worker are as they should be."""
    from dask import config  # noqa: PLC0415 - only a worker runs this

    try:
        token = Spool(spool).host()
        return _plain(
            Look(
                host=token,
                code=host.code_digest(),
                loud=tuple(quiet.apart(config.get("distributed"), quiet.AT_A_WORKER)),
            )
        )
    except StudyError as error:
        return {FAILED: str(error)}


def make(order: Answer) -> Answer:
    """Measure, unless it was done; the bundle stays here."""
    try:
        return _plain(host.made(msgspec.convert(order, Order)))
    except StudyError as error:
        return {FAILED: str(error)}


def fetchable(order: Answer) -> Answer:
    """What lies in the spool for this fleet; nothing is measured."""
    try:
        asked = msgspec.convert(order, Order)
        found = Spool(asked.spool).place(asked.fleet).finished()
    except StudyError as error:
        return {FAILED: str(error)}
    return _plain(found) if found else {FAILED: "no finished bundle lies in its spool"}


def chunk(order: Answer, finished: Answer, offset: int) -> bytes:
    """Some bytes of a bundle that lies here."""
    asked, found = msgspec.convert(order, Order), msgspec.convert(finished, Finished)
    return Spool(asked.spool).place(asked.fleet).chunk(found.name, offset)


def _plain(answer: msgspec.Struct) -> Answer:
    plain: Answer = msgspec.to_builtins(answer)
    return plain
