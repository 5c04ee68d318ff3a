"""How a function of the reader's is handed to a process that is timed: variables of its environment.

`study.own` reads them there, and names them itself: a child that only does tasks loads no records.
"""

from __future__ import annotations

FUNCTION, ITEMS = "STUDY_FUNCTION", "STUDY_ITEMS"
"""Each "module:name"; facts of a target."""
LINES_DIGEST, REPEAT = "STUDY_ITEMS_FILE_DIGEST", "STUDY_REPEAT"
"""Facts where the items are of no module: digest of a file with a line of JSON for each, or a number of calls without one."""
SOURCE = "STUDY_FUNCTION_SOURCE"
"""A fact beside them: digest of all modules of the reader's folder that they import."""
PATHS = "STUDY_PATHS"
"""Folders that modules are looked for in; no fact."""
LINES, LINES_CRC = "STUDY_ITEMS_FILE", "STUDY_ITEMS_FILE_CRC"
"""The file itself, and what its bytes add up to (CRC-32, 8 hexadecimal digits); no facts."""
