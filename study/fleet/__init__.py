"""A study on each of many hosts, through Dask: one at a time on a host, and every result a bundle. README.md tells how.

Importing this imports nothing: a process on a host that is measured pays for nothing it does not use.
"""

from __future__ import annotations
