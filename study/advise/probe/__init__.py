"""What measures a reader's function in the reader's own interpreter and folder: standard library only, nothing of the study.

`main.py` is run by its path and makes this folder a package of a private name, in its own process and in every child that
imports it again; so modules here import each other relatively, and no module of the reader's can take their place.
Everything that names a way to run tasks comes in the order: names of start methods, packages, numbers of workers.
"""

from __future__ import annotations
