"""Colours that are no thing's own, and the looks of what is compared with itself."""

from __future__ import annotations

from study.things.records import Colour, Look

# Of the things: blue, orange, green, purple and ochre of Okabe and Ito, darkened until they can be read as text on white
# (4.5 : 1), and lightened for the dark page.
INK = Colour("ink", "#1f2328", "#e6e9ee")
SOFT = Colour("soft", "#57606a", "#9ea7b3")
GRID = Colour("grid", "#d8dce1", "#343a44")
BAND = Colour("band", "#eef1f4", "#22272f")
OPERATING_SYSTEM = Look("operating system", Colour("floor", "#6b7075", "#8e97a3"), "p")
"""Of what it does alone, and of what Python adds nothing to."""
SAME = Look("the same twice", INK, "o")
"""Of equal cells under two labels, and of whatever is no thing."""
INJECTED = Look("an effect put in", INK, "D")
