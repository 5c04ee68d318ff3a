"""The cells that most promises are tried on."""

from __future__ import annotations

from dataclasses import replace

from study.cell import Cell
from study.things import backends, start_methods

CALL = Cell(pattern="map", kernel="fannkuch", tasks=4)
AGAIN = replace(CALL, label="again")
POOL = replace(CALL, backend=backends.POOL.name, start_method=start_methods.FORK.name, workers=2)
