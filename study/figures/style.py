"""One style, and one colour and marker per thing, everywhere: on the page, in the PDF, in every figure."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from study.cell import Cell


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour on paper and on a dark screen; `name` is its CSS variable."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is compared: a start method or a way to run tasks."""

    label: str
    colour: Colour
    marker: str


INK = Colour("ink", "#1f2328", "#e6e9ee")
SOFT = Colour("soft", "#57606a", "#9ea7b3")
GRID = Colour("grid", "#d8dce1", "#343a44")
BAND = Colour("band", "#eef1f4", "#22272f")

# Blue, orange, green, purple and ochre of Okabe and Ito, darkened until they can be read as text on white (4.5 : 1), and
# lightened for the dark page.
THINGS: Mapping[str, Thing] = MappingProxyType(
    {
        "fork": Thing("fork", Colour("fork", "#0072b2", "#56a8e0"), "o"),
        "forkserver": Thing("forkserver", Colour("forkserver", "#007f5c", "#2fc79a"), "s"),
        "spawn": Thing("spawn", Colour("spawn", "#c44f00", "#ff8f4d"), "^"),
        "threads": Thing("threads", Colour("threads", "#b0558a", "#e39ac4"), "D"),
        "pool": Thing("Pool", Colour("pool", "#946000", "#f0b440"), "P"),
        "process_executor": Thing("ProcessPoolExecutor", Colour("process-executor", "#6a4fb3", "#b9a5f5"), "X"),
        "thread_executor": Thing("ThreadPoolExecutor", Colour("thread-executor", "#8f3d3d", "#f0a0a0"), "v"),
        "processes": Thing("Process per task", Colour("processes", "#3d5a80", "#9fbce0"), "h"),
        "interpreters": Thing("interpreters", Colour("interpreters", "#7a5c00", "#e0c060"), "*"),
        "interpreter_executor": Thing(
            "InterpreterPoolExecutor", Colour("interpreter-executor", "#5b6b00", "#c2d05a"), "<"
        ),
        "loky": Thing("joblib", Colour("loky", "#2f6f73", "#7cc7cb"), ">"),
        "dask": Thing("dask.distributed", Colour("dask", "#b3401f", "#ff9b7a"), "^"),
        "pipe_duplex": Thing("duplex Pipe", Colour("pipe-duplex", "#2f6f73", "#7cc7cb"), ">"),
        "simple_queue": Thing("SimpleQueue", Colour("simple-queue", "#8a5a83", "#d5a6cf"), "v"),
        "queue": Thing("Queue", Colour("queue", "#b3401f", "#ff9b7a"), "^"),
        "manager": Thing("Manager", Colour("manager", "#8f3d3d", "#f0a0a0"), "X"),
        "shared_memory": Thing("shared memory", Colour("shared-memory", "#007f5c", "#2fc79a"), "s"),
        "thread_queue": Thing("queue.Queue", Colour("thread-queue", "#6a4fb3", "#b9a5f5"), "d"),
        "interpreter_queue": Thing("interpreters' queue", Colour("interpreter-queue", "#5b6b00", "#c2d05a"), "<"),
        "call": Thing("plain loop", SOFT, "d"),
        "same": Thing("the same twice", INK, "o"),
        "injected": Thing("an effect put in", INK, "D"),
        "floor": Thing("operating system", Colour("floor", "#6b7075", "#8e97a3"), "p"),
    }
)
CHROME = (INK, SOFT, GRID, BAND)

BACKEND_ORDER = (
    "call",
    "pool",
    "process_executor",
    "loky",
    "dask",
    "processes",
    "threads",
    "thread_executor",
    "interpreters",
    "interpreter_executor",
    "os_fork",
    "posix_spawn",
)
"""In which order ways to run tasks are shown: processes, then threads, then floors."""
WIDTH_PT = 540.0
"""Every figure is this wide, in points: the width of the text on A4, and a little less than that of the page."""
TEXT_PT = 9.0
SMALL_PT = 8.0
_WIDE = frozenset("mwMWGOQ@%—…")
_NARROW = frozenset("iljtfrI.,:;|'!()[] \u00a0\u202f-")

SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "study",
        "font.family": ["DejaVu Sans"],
        "font.size": TEXT_PT,
        "text.parse_math": False,
        "text.usetex": False,
        "axes.edgecolor": GRID.light,
        "axes.labelcolor": SOFT.light,
        "axes.labelsize": SMALL_PT,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "xtick.color": GRID.light,
        "ytick.color": GRID.light,
        "xtick.labelcolor": SOFT.light,
        "ytick.labelcolor": SOFT.light,
        "xtick.labelsize": SMALL_PT,
        "ytick.labelsize": SMALL_PT,
        "grid.color": GRID.light,
        "grid.linewidth": 0.6,
        "path.simplify": False,
    }
)
"""Settings of matplotlib while a figure is drawn."""


def styled() -> AbstractContextManager[None]:
    """Matplotlib with our settings, whatever a user has set elsewhere."""
    return mpl.rc_context(dict(SETTINGS))  # type: ignore[arg-type]  # its keys are typed as literals, ours as text


def thing_of(cell: Cell) -> str:
    """The thing that a cell stands for: its start method where one process is the point, else who runs the tasks."""
    if cell.backend in {"os_fork", "posix_spawn"}:
        return "floor"
    alone = cell.pattern in {"process_lifecycle", "pool_lifecycle", "four_printers", "process_per_task", "ping_pong"}
    if alone and cell.start_method in THINGS:
        return cell.start_method
    return cell.backend if cell.backend in THINGS else "call"


def colours() -> tuple[Colour, ...]:
    """Every colour in use, each once."""
    return tuple(dict.fromkeys((*CHROME, *(thing.colour for thing in THINGS.values()))))


def css_variables() -> str:
    """The colours as CSS variables that follow the reader's choice of a light or a dark page."""
    return "".join(f"--{colour.name}: light-dark({colour.light}, {colour.dark});\n" for colour in colours())


def text_width_pt(text: str, size_pt: float) -> float:
    """About how wide a text is in DejaVu Sans; a little generous, so that nothing is cut off."""
    widths = [0.98 if char in _WIDE else 0.40 if char in _NARROW else 0.635 for char in text]
    return size_pt * float(sum(round(100 * width) for width in widths)) / 100
