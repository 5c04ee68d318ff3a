"""What other libraries offer for the same: measured where they are installed. As in `backends`."""

from __future__ import annotations

from study.things.records import Backend, Life, Look

_HOME = "study.bench.backends"


def _peer(
    name: str, words: str, look: Look, made_by: str, package: str, *, batches: str, simulated: tuple[Life, float]
) -> Backend:
    """Processes of another library, which live on; made by "module:class" of the bench's backends.

    `batches`: 'none', 'as told', or 'its own' where nothing is told. `simulated`: a worker's life, and handing out one chunk.
    """
    life, dispatch_s = simulated
    return Backend(
        name=name,
        words=words,
        alone="",
        partners="",
        look=look,
        kind="process",
        module=f"{_HOME}.{made_by}",
        package=package,
        runs_tasks=True,
        takes_start_method=False,
        needs_interpreters=False,
        at_address=False,
        system_call="",
        copies_parent=False,
        hands_out=True,
        has_default_workers=False,
        apis=(),
        takes_chunksize=batches != "none",
        chunks_itself=batches == "its own",
        recycles=False,
        on_windows=None,
        counts_cpu_time=False,
        life=life,
        dispatch_s=dispatch_s,
        message_s=None,
    )


LOKY = _peer(
    "loky",
    "joblib with {n} loky workers",
    Look("joblib", "orange", ">"),
    "peers:LokyBackend",
    "joblib",
    batches="as told",
    simulated=(Life(20e-6, 0.3, 0.4), 200e-6),
)
DASK = _peer(
    "dask",
    "dask.distributed with {n} workers",
    Look("dask.distributed", "grey", "^"),
    "dask:DaskBackend",
    "distributed",
    batches="none",
    simulated=(Life(0.4, 0.42, 0.6), 1e-3),
)
DASK_ADDRESS = _peer(
    "dask_address",
    "a Dask cluster of {n} threads",
    Look("Dask cluster", "grey", "v"),
    "dask_address:DaskAddressBackend",
    "distributed",
    batches="none",
    simulated=(Life(0.4, 0.42, 0.6), 1e-3),
)._replace(at_address=True, has_default_workers=True)
"""Its workers are those that have come to a scheduler: 0 where no scheduler is named, and then it is not measured."""
MPIRE = _peer(
    "mpire",
    "mpire with {n} workers",
    Look("mpire", "blue", "s"),
    "peers:MpireBackend",
    "mpire",
    batches="its own",
    simulated=(Life(0.5e-3, 12e-3, 40e-3), 250e-6),
)
