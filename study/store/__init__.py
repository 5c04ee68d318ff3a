"""The only owner of `results/`: journal, run folders, locks, validation, loading. Formats: `results/README.md`."""

from __future__ import annotations

from study.store.baselines import RESERVED, baselines, mark, unmark
from study.store.bounds import cell_of
from study.store.calibration import Calibrated, Calibration
from study.store.contributed import is_contributed
from study.store.files import check_writable, digest, write_new, write_whole
from study.store.folders import (
    Placed,
    RunFolder,
    drop_spent_journals,
    now_text,
    run_folders,
    run_name,
    unfinished,
)
from study.store.journal import Journal, samples_of
from study.store.lock import alone_in, alone_in_spool, alone_with_fleets, machine_lock, one_at_a_time
from study.store.manifest import CellRecord, CurveRecord, GateRecord, Manifest, RoundRecord, TargetRecord
from study.store.memory import hardware_of, machines, own_names, remember_name, remembered
from study.store.named import runs_named
from study.store.outcomes import check_outcome, load_outcome, save_outcome
from study.store.scrub import private_words, scrub, unscrubbed
from study.store.suites import Sample, samples_in
from study.store.summary import Head, Level, RunSummary, TargetSummary, summarised
from study.store.summed import summary_of, summary_of_folder

__all__ = [
    "RESERVED",
    "Calibrated",
    "Calibration",
    "CellRecord",
    "CurveRecord",
    "GateRecord",
    "Head",
    "Journal",
    "Level",
    "Manifest",
    "Placed",
    "RoundRecord",
    "RunFolder",
    "RunSummary",
    "Sample",
    "TargetRecord",
    "TargetSummary",
    "alone_in",
    "alone_in_spool",
    "alone_with_fleets",
    "baselines",
    "cell_of",
    "check_outcome",
    "check_writable",
    "digest",
    "drop_spent_journals",
    "hardware_of",
    "is_contributed",
    "load_outcome",
    "machine_lock",
    "machines",
    "mark",
    "now_text",
    "one_at_a_time",
    "own_names",
    "private_words",
    "remember_name",
    "remembered",
    "run_folders",
    "run_name",
    "runs_named",
    "samples_in",
    "samples_of",
    "save_outcome",
    "scrub",
    "summarised",
    "summary_of",
    "summary_of_folder",
    "unfinished",
    "unmark",
    "unscrubbed",
    "write_new",
    "write_whole",
]
