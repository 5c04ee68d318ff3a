"""Looks of what is no thing of its own: of the system's floor, and of what is compared with itself.

A look says which token of colour a thing has; what colour that is, is the drawer's (`study/draw/tokens.py`).
"""

from __future__ import annotations

from study.things.records import Look

OPERATING_SYSTEM = Look("operating system", "grey", "p")
"""Of what it does alone, and of what Python adds nothing to."""
SAME = Look("the same twice", "ink", "o")
"""Of equal cells under two labels, and of whatever is no thing."""
INJECTED = Look("an effect put in", "ink", "D")
