"""The cost model: seconds, CPU seconds and memory of a job in each way, from the constants of one machine. Pure.

A job is cut into chunks of items. Each chunk is pickled in the parent, travels through a pipe, is unpickled, worked on and
answered in a worker, travels back and is unpickled in the parent. Who does what, and what can overlap, is read in CPython's
sources: `multiprocessing/pool.py`, `connection.py`, `queues.py` and `concurrent/futures/process.py` of 3.11 to 3.15.

`job` what is known and what is said; `chunks` how a list is cut; `figures` the numbers of one way; `bounds` which resource
holds it up, in closed form; `pipeline` the same simulated, chunk by chunk; `predict` one way's prediction; `ways` what is tried;
`intervals` how wrong it may be; `judged` how wrong it was; `choice` the answer; `changes` from where on it is another; `help`
what would help more; `constants` what a stored run gives and lacks; `fitted` the same, as the simulation needs it; `vectors` a
table to hold another writing of the closed form against. Only `constants` knows of stored runs.

Processes and interpreters: T = start + max(fill + worker + drain, parent, pipes, CPUs) + end + placement, or simulated. Threads:
T = n·t·s(w) with s measured. A loop: T = n·t.
"""
