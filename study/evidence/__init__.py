"""Stored runs as evidence: one query over the cells of a run, whole runs, and which runs a report shows."""

from __future__ import annotations

from study.evidence.index import ANY
from study.evidence.load import Study, study_of
from study.evidence.query import Evidence, aligned
from study.evidence.run import Run, run_of
from study.evidence.summaries import Summary
from study.table import CellData

__all__ = ["ANY", "CellData", "Evidence", "Run", "Study", "Summary", "aligned", "run_of", "study_of"]
