"""What figures are made of that are more than rows or curves: a record for each form. Types only, as `blocks`.

A record has the numbers with their names, and how they belong together; where they stand is the drawer's business. The words
of a record are data: they are made harmless where they are placed.
"""

from __future__ import annotations

from study.forms.acts import (
    Act,
    Crew,
    Filled,
    Lane,
    Lanes,
    Life,
    Part,
    Pile,
    Ring,
    Spell,
    Squares,
    Stack,
    Stretch,
)
from study.forms.base import Doing, Form, Number, Span, Tint
from study.forms.over_time import History, Steady, Track
from study.forms.swept import Case, Course, Fall, Loss, Map, Region, Remark, Speedup, Spot, Sweep
from study.forms.trust import Equal, Pair, Promise, Rate, Rates, Sitting, Strip
from study.forms.walls import Bar, Piece, WallBars, WallLines

__all__ = [
    "Act",
    "Bar",
    "Case",
    "Course",
    "Crew",
    "Doing",
    "Equal",
    "Fall",
    "Filled",
    "Form",
    "History",
    "Lane",
    "Lanes",
    "Life",
    "Loss",
    "Map",
    "Number",
    "Pair",
    "Part",
    "Piece",
    "Pile",
    "Promise",
    "Rate",
    "Rates",
    "Region",
    "Remark",
    "Ring",
    "Sitting",
    "Span",
    "Speedup",
    "Spell",
    "Spot",
    "Squares",
    "Stack",
    "Steady",
    "Stretch",
    "Strip",
    "Sweep",
    "Tint",
    "Track",
    "WallBars",
    "WallLines",
]
