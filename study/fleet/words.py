"""What the coordinator and a host say to each other, and what either believes of it: names, sizes, one order, one answer."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from study.store.bounds import Line, Seconds, Slug

FLEET = re.compile(r"\A[0-9]{8}t[0-9]{6}z-[0-9a-f]{8}\Z")
"""The name of a fleet, which is a folder's name on every host."""
TOKEN = re.compile(r"\A[0-9a-f]{16}\Z")
"""What tells a host from all others: a number drawn once, in its spool."""
LARGEST_BUNDLE_BYTES = 64 << 20
"""An hour's run has half a megabyte."""
CHUNK_BYTES = 1 << 20
"""What crosses the network at once."""

Fleet = Annotated[str, Meta(pattern=FLEET.pattern)]
Token = Annotated[str, Meta(pattern=TOKEN.pattern)]
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Bytes = Annotated[int, Meta(ge=1, le=LARGEST_BUNDLE_BYTES)]
BundleName = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9._+-]{0,199}\.study\Z")]


class Finished(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bundle that lies in a host's spool, whole: its name, SHA-256 and size."""

    name: BundleName
    sha256: Digest
    size: Bytes


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a host is to measure.

    Attributes
    ----------
    fleet : whoever asks again by this name gets what was measured for it, and nothing is measured again.
    label : what the host is called in results.
    options : of `python -m study run`, as typed behind `--`.
    simulated : whether they ask for made-up times.
    spool : the folder on the host; '' for the usual one.
    """

    fleet: Fleet
    label: Slug
    budget_s: Seconds
    options: tuple[Line, ...]
    simulated: bool
    spool: Line


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker says of its host: which it is, the code it has, and the settings of Dask that are not the quiet ones."""

    host: Token
    code: Digest
    loud: tuple[Line, ...]
