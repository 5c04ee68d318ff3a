"""The only owner of `results/`: journal, run folders, locks, validation, loading. Formats: `results/README.md`."""

from __future__ import annotations

from study.store.calibration import Calibration
from study.store.files import check_writable, digest, write_whole
from study.store.folders import (
    RunFolder,
    now_text,
    remembered,
    run_folders,
    unfinished,
)
from study.store.journal import Journal
from study.store.lock import machine_lock, one_at_a_time
from study.store.manifest import CellRecord, CurveRecord, Manifest, RoundRecord, TargetRecord
from study.store.outcomes import check_outcome, load_outcome, save_outcome
from study.store.scrub import private_words, scrub
from study.store.suites import Sample, samples_in

__all__ = [
    "Calibration",
    "CellRecord",
    "CurveRecord",
    "Journal",
    "Manifest",
    "RoundRecord",
    "RunFolder",
    "Sample",
    "TargetRecord",
    "check_outcome",
    "check_writable",
    "digest",
    "load_outcome",
    "machine_lock",
    "now_text",
    "one_at_a_time",
    "private_words",
    "remembered",
    "run_folders",
    "samples_in",
    "save_outcome",
    "scrub",
    "unfinished",
    "write_whole",
]
