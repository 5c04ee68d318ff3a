"""What carries a message."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things.looks import OPERATING_SYSTEM
from study.things.records import Channel, Look

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOME = "study.bench.channels"


def _channel(name: str, words: str, title: str, look: Look | None, module: str, simulated: float) -> Channel:
    """A channel between processes that carries anything."""
    return Channel(
        name=name,
        words=words,
        titles=MappingProxyType({"process": title}),
        look=look,
        modules=MappingProxyType({"process": f"{_HOME}.{module}"}),
        bytes_only=False,
        inherited=False,
        takes_buffers=False,
        simulated=simulated,
    )


PLAIN = Channel(
    name="",
    words="",
    titles=MappingProxyType({"process": "Pipe (one way each)", "thread": "queue.SimpleQueue between threads"}),
    look=None,
    modules=MappingProxyType({"process": f"{_HOME}.pipes:simplex", "thread": f"{_HOME}.threads:simple_queue"}),
    bytes_only=False,
    inherited=False,
    takes_buffers=True,
    simulated=1.0,
)
OS_PIPE = Channel(
    name="os_pipe",
    words="raw pipes",
    titles=MappingProxyType({"process": "os.pipe, raw bytes"}),
    look=OPERATING_SYSTEM,
    modules=MappingProxyType({"process": f"{_HOME}.pipes:raw"}),
    bytes_only=True,
    inherited=True,
    takes_buffers=False,
    simulated=0.4,
)
PIPE_DUPLEX = _channel(
    "pipe_duplex",
    "a duplex Pipe",
    "Pipe (both ways)",
    Look("duplex Pipe", "violet", ">"),
    "pipes:duplex",
    1.2,
)
SIMPLE_QUEUE = _channel(
    "simple_queue",
    "SimpleQueue",
    "SimpleQueue",
    Look("SimpleQueue", "slate", "v"),
    "queues:simple_queue",
    1.1,
)
QUEUE = _channel("queue", "Queue", "Queue", Look("Queue", "brown", "^"), "queues:queue", 2.0)
MANAGER = _channel(
    "manager",
    "a manager's queues",
    "Manager's queue",
    Look("Manager", "magenta", "X"),
    "queues:manager",
    12.0,
)
SHARED_MEMORY = Channel(
    name="shared_memory",
    words="shared memory",
    titles=MappingProxyType({"process": "shared memory and semaphores"}),
    look=Look("shared memory", "green", "P"),
    modules=MappingProxyType({"process": f"{_HOME}.shared:shared_memory"}),
    bytes_only=True,
    inherited=False,
    takes_buffers=False,
    simulated=0.8,
)
THREAD_QUEUE = Channel(
    name="thread_queue",
    words="queue.Queue",
    titles=MappingProxyType({"thread": "queue.Queue"}),
    look=Look("queue.Queue", "violet", "d"),
    modules=MappingProxyType({"thread": f"{_HOME}.threads:queue"}),
    bytes_only=False,
    inherited=False,
    takes_buffers=False,
    simulated=2.0,
)
INTERPRETER_QUEUE = Channel(
    name="interpreter_queue",
    words="interpreters' queues",
    titles=MappingProxyType({"interpreter": "interpreters' queue"}),
    look=Look("interpreters' queue", "green", "<"),
    modules=MappingProxyType({"interpreter": f"{_HOME}.interpreters:queue"}),
    bytes_only=False,
    inherited=False,
    takes_buffers=False,
    simulated=1.0,
)
CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {
        channel.name: channel
        for channel in (
            PLAIN,
            OS_PIPE,
            PIPE_DUPLEX,
            SIMPLE_QUEUE,
            QUEUE,
            MANAGER,
            SHARED_MEMORY,
            THREAD_QUEUE,
            INTERPRETER_QUEUE,
        )
    }
)
"""Name -> record; '' is two simplex pipes between processes, two `queue.SimpleQueue` between threads."""
