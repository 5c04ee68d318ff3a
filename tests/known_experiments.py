"""The experiments of the known run, as their files would have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = 'schema = 1\nquestion = "{}"\ntitle = "{}"\ntier = "{}"\n'
EXPERIMENTS: Mapping[str, str] = {
    "q1-work": _HEAD.format("Q1", "What do workers gain?", "headline")
    + """
[fixed]
pattern = "map"
tasks = 8
[swept]
workers = [1, 2, 4, 8]
[[vary]]
kernel = ["fannkuch", "sleep"]
backend = ["pool", "threads"]
start_method = "fork"
""",
    "q1-ways": _HEAD.format("Q1", "What does the way change?", "core")
    + """
[fixed]
pattern = "map"
tasks = 8
kernel = "fannkuch"
workers = "cpus"
[[vary]]
backend = "call"
[[vary]]
backend = "call"
kernel = "sleep"
[[vary]]
backend = "pool"
start_method = ["forkserver", "spawn"]
[[vary]]
backend = "process_executor"
start_method = "fork"
""",
    "q2-messages": _HEAD.format("Q2", "What does a message cost?", "core")
    + """
[fixed]
pattern = "ping_pong"
[swept]
payload_bytes = [64, 65536, 1048576]
[[vary]]
backend = ["threads", "processes"]
start_method = "fork"
""",
    "q3-lives": _HEAD.format("Q3", "What does a process cost?", "headline")
    + """
[fixed]
pattern = "process_lifecycle"
[[vary]]
backend = "processes"
start_method = "every"
[[vary]]
backend = "threads"
""",
    "q4-chunks": _HEAD.format("Q4", "What does the chunk size change?", "core")
    + """
[fixed]
pattern = "map"
kernel = "noop"
tasks = 512
workers = "cpus"
start_method = "fork"
[swept]
chunksize = [0, 1, 8, 64]
[[vary]]
backend = ["pool", "process_executor"]
""",
    "q4-tasks": _HEAD.format("Q4", "What does a pool save?", "core")
    + """
[fixed]
kernel = "noop"
tasks = 8
[[vary]]
pattern = "process_per_task"
backend = "processes"
workers = "cpus"
start_method = ["fork", "spawn"]
[[vary]]
pattern = "map"
backend = "pool"
start_method = ["fork", "spawn"]
workers = 2
chunksize = 1
""",
    "q5-pools": _HEAD.format("Q5", "What does a short-lived pool cost?", "core")
    + """
[fixed]
kernel = "square"
tasks = 5
[[vary]]
pattern = "pool_lifecycle"
backend = "pool"
start_method = "every"
workers = "cpus"
[[vary]]
pattern = "map"
backend = "call"
""",
    "q6-print": _HEAD.format("Q6", "What may one rely on?", "headline")
    + """
[fixed]
pattern = "four_printers"
backend = "processes"
workers = 4
tasks = 4
[[vary]]
start_method = ["fork", "spawn"]
[[vary]]
start_method = "fork"
variant = "unbuffered"
""",
    "scaling-capacity": _HEAD.format("scaling", "What do processes achieve together?", "core")
    + """
[fixed]
pattern = "capacity"
backend = "processes"
start_method = "fork"
tasks = 4
[swept]
workers = [1, 2, 4]
[[vary]]
kernel = "fannkuch"
""",
    "memory-workers": _HEAD.format("memory", "What does a worker take?", "extended")
    + """
[fixed]
pattern = "memory"
backend = "processes"
[swept]
workers = [1, 2, 4]
[[vary]]
start_method = ["fork", "spawn"]
""",
    "grain": _HEAD.format("grain", "How long must a task be?", "extended")
    + """
[fixed]
pattern = "map"
kernel = "spin"
tasks = 64
[swept]
spins = [10, 1000, 100000]
[[vary]]
backend = "call"
[[vary]]
backend = "pool"
start_method = "fork"
workers = "cpus"
chunksize = 1
""",
    "noise": _HEAD.format("noise", "What differs that is the same?", "headline")
    + """
[[vary]]
pattern = "map"
kernel = "fannkuch"
tasks = 8
label = ["", "again"]
[[vary]]
pattern = "process_lifecycle"
backend = "processes"
start_method = "fork"
label = ["", "again"]
[[vary]]
pattern = "map"
kernel = "noop"
tasks = 8
chunksize = 1
backend = "pool"
start_method = "fork"
workers = 2
label = ["", "again"]
[[vary]]
pattern = "map"
kernel = ["square", "sieve", "nbody"]
tasks = 5
label = ["", "injected"]
""",
}
