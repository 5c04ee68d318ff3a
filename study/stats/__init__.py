"""Arrays of process means to estimates and decisions. Pure: no file, no clock, no table, no state."""

from __future__ import annotations

from study.stats.alarms import FEWEST_RUNS, MOST_RUNS, Alarms, Tried, alarms, moves_beyond, tried
from study.stats.allocation import (
    VarianceComponents,
    efficiency_ends,
    icc,
    optimal_values,
    pooled_components,
    relative_efficiency,
    variance_components,
)
from study.stats.apart import (
    SMALLEST_LIMIT,
    WANTED_CHANCE,
    Apart,
    Levels,
    Movement,
    apart,
    beyond,
    chance_to_see,
    movement,
    paired_apart,
    smallest_seen,
    spoken_for,
    table_of,
)
from study.stats.between import (
    FEWEST_CELLS,
    FEWEST_PAST_RUNS,
    MOST_PAST_RUNS,
    Between,
    LogLevel,
    RunComponent,
    against_others,
    between,
    common_movement,
    log_level,
    run_component,
)
from study.stats.between_rules import BetweenDecided, CellOfRun, decide_between, refusal
from study.stats.called import pooled_t_significant, share_called
from study.stats.calling import LEVEL, Call, call
from study.stats.changepoints import changepoints, isolated_outliers
from study.stats.drift import Trends, chance_of_r, halves_t, r_with_order, trends
from study.stats.events import event_quantiles
from study.stats.groups import means, medians, over_groups
from study.stats.inputs import MIN_FOR_T
from study.stats.modes import Mode, modes
from study.stats.neighbours import lag_1, neighbours_power
from study.stats.noise import (
    calibration_ratio,
    noise_floor,
    paired_t,
)
from study.stats.paired import (
    difference_paired,
    difference_typical_paired,
    ratio_of_averages,
    ratio_of_averages_paired,
    ratio_typical_paired,
)
from study.stats.promises import CONFIDENCE as CONFIDENCE_OF_PROMISES
from study.stats.promises import Side, State, holds, state_of, studies_to_show
from study.stats.shares import ONE_SIDED, complement, share, share_of_processes, unseen_share
from study.stats.significance import (
    average_test,
    difference_test_paired,
    holm,
    log_ratio_test_paired,
    ratio_test_paired,
)
from study.stats.single import Far, average, far_processes, process_means, typical
from study.stats.sittings import FEWEST_SITTINGS, NOT_KNOWN, held_where_still, next_sitting, squeezed
from study.stats.smallest import smallest_effect, smallest_effect_planned
from study.stats.steps import Step, steps
from study.stats.verdicts import Decided, decide, decide_counted, decide_universal
from study.stats.warmup import ProcessesClass, SeriesClass, classify, classify_processes

__all__ = [
    "CONFIDENCE_OF_PROMISES",
    "FEWEST_CELLS",
    "FEWEST_PAST_RUNS",
    "FEWEST_RUNS",
    "FEWEST_SITTINGS",
    "LEVEL",
    "MIN_FOR_T",
    "MOST_PAST_RUNS",
    "MOST_RUNS",
    "NOT_KNOWN",
    "ONE_SIDED",
    "SMALLEST_LIMIT",
    "WANTED_CHANCE",
    "Alarms",
    "Apart",
    "Between",
    "BetweenDecided",
    "Call",
    "CellOfRun",
    "Decided",
    "Far",
    "Levels",
    "LogLevel",
    "Mode",
    "Movement",
    "ProcessesClass",
    "RunComponent",
    "SeriesClass",
    "Side",
    "State",
    "Step",
    "Trends",
    "Tried",
    "VarianceComponents",
    "against_others",
    "alarms",
    "apart",
    "average",
    "average_test",
    "between",
    "beyond",
    "calibration_ratio",
    "call",
    "chance_of_r",
    "chance_to_see",
    "changepoints",
    "classify",
    "classify_processes",
    "common_movement",
    "complement",
    "decide",
    "decide_between",
    "decide_counted",
    "decide_universal",
    "difference_paired",
    "difference_test_paired",
    "difference_typical_paired",
    "efficiency_ends",
    "event_quantiles",
    "far_processes",
    "halves_t",
    "held_where_still",
    "holds",
    "holm",
    "icc",
    "isolated_outliers",
    "lag_1",
    "log_level",
    "log_ratio_test_paired",
    "means",
    "medians",
    "modes",
    "movement",
    "moves_beyond",
    "neighbours_power",
    "next_sitting",
    "noise_floor",
    "optimal_values",
    "over_groups",
    "paired_apart",
    "paired_t",
    "pooled_components",
    "pooled_t_significant",
    "process_means",
    "r_with_order",
    "ratio_of_averages",
    "ratio_of_averages_paired",
    "ratio_test_paired",
    "ratio_typical_paired",
    "refusal",
    "relative_efficiency",
    "run_component",
    "share",
    "share_called",
    "share_of_processes",
    "smallest_effect",
    "smallest_effect_planned",
    "smallest_seen",
    "spoken_for",
    "squeezed",
    "state_of",
    "steps",
    "studies_to_show",
    "table_of",
    "trends",
    "tried",
    "typical",
    "unseen_share",
    "variance_components",
]
