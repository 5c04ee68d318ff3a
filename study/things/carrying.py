"""Patterns of data that travel: what tasks carry, messages between two, and what it takes to pickle them. As in `patterns`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things import variants
from study.things.backends import BACKENDS, CALL, POOL, PROCESSES
from study.things.events import Pattern, Rule, Sampling
from study.things.kernels import NUMPY
from study.things.payloads import FORMS, OTHER_CPU, SAME_CPU
from study.things.start_methods import START_METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOME = "study.bench.patterns"
_WHOLE: Mapping[str, str] = MappingProxyType({"total": ""})
_PLAIN = variants.named(variants.PLAIN)
_CARRIERS = (
    CALL.name,
    *(backend.name for backend in BACKENDS.values() if backend.hands_out and not backend.package),
)
_WITHOUT_NUMPY = tuple(name for name in _CARRIERS if BACKENDS[name].kind == "interpreter")
_PARTNERS = tuple(backend.name for backend in BACKENDS.values() if backend.partners)
_COPYING = tuple(method.name for method in START_METHODS.values() if method.copies_parent)

PAYLOAD_MAP = Pattern(
    name="payload_map",
    words="{count} tasks, {size} there and {answer} back{form}, {who}{chunks}",
    usual={},
    module=f"{_HOME}.payload:PayloadMap",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="message",
    backends=_CARRIERS,
    uses=frozenset({"workers", "tasks", "chunksize", "payload_bytes", "result_bytes", "form"}),
    variants=_PLAIN,
    limits=(
        Rule(
            where={"backend": _WITHOUT_NUMPY},
            factor="form",
            never=tuple(form.name for form in FORMS.values() if form.package == NUMPY),
            because="NumPy refuses to be imported in an interpreter inside a process (numpy issue 24755)",
        ),
    ),
    outcomes=(),
    sampling=Sampling(values=1, warmups=0, loops=0),
    both_sides_work=False,
    law="payload",
)
SAME_DATA = Pattern(
    name="same_data",
    words="{count} tasks that read the same {size}, {who} made and closed{variant}",
    usual={"backend": POOL.name},
    module=f"{_HOME}.payload:SameData",
    parts={"create": "making it", "map": "its map", "total": ""},
    length=("total",),
    unit="second",
    noise_class="start",
    backends=(POOL.name,),
    uses=frozenset({"workers", "tasks", "payload_bytes"}),
    variants=variants.named(variants.PLAIN, variants.INITIALIZER, variants.GLOBAL, variants.SHARED_MEMORY),
    limits=(
        Rule(factor="workers", never=(0,), because="there is no default here; give workers = 1 or more"),
        Rule(factor="payload_bytes", never=(0,), because="there must be something to read"),
        Rule(
            where={"variant": (variants.GLOBAL.name,)},
            factor="start_method",
            only=_COPYING,
            because="only a forked worker has what its parent holds",
        ),
    ),
    outcomes=(),
    sampling=None,
    both_sides_work=False,
    law="same_data",
)
PING_PONG = Pattern(
    name="ping_pong",
    words="{size}{form} there and back between {partners}{channel}{placement}{variant}",
    usual={"backend": PROCESSES.name},
    module=f"{_HOME}.ping_pong:PingPong",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="message",
    backends=_PARTNERS,
    uses=frozenset({"payload_bytes", "channel", "form", "placement"}),
    variants=variants.named(variants.PLAIN, variants.EVENTS, variants.COLD),
    limits=(Rule(factor="placement", only=("", SAME_CPU.name, OTHER_CPU.name), because="a message has two sides"),),
    outcomes=(),
    sampling=None,
    both_sides_work=False,
    law="round_trip",
)
STREAM = Pattern(
    name="stream",
    words="64 messages of {size}{form} and an acknowledgement, under {method}",
    usual={"backend": PROCESSES.name},
    module=f"{_HOME}.stream:Stream",
    parts=_WHOLE,
    length=("total",),
    unit="second",
    noise_class="message",
    backends=(PROCESSES.name,),
    uses=frozenset({"payload_bytes", "form"}),
    variants=_PLAIN,
    limits=(),
    outcomes=(),
    sampling=None,
    both_sides_work=True,
    law="stream",
)
PICKLING = Pattern(
    name="pickling",
    words="{size} as {made_of}",
    usual={},
    module=f"{_HOME}.pickling:Pickling",
    parts={"dumps": "pickling", "loads": "unpickling"},
    length=("dumps", "loads"),
    unit="second",
    noise_class="message",
    backends=(CALL.name,),
    uses=frozenset({"payload_bytes", "form"}),
    variants=_PLAIN,
    limits=(),
    outcomes=(),
    sampling=None,
    both_sides_work=False,
    law="pickling",
)
CARRYING = (PAYLOAD_MAP, SAME_DATA, PING_PONG, STREAM, PICKLING)
