"""What stands in a table of estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.findings import Estimate

if TYPE_CHECKING:
    from study.blocks import Table


def rows_of(table: Table) -> list[tuple[tuple[str, ...], Estimate]]:
    """The names in front of each row, and its estimate; behind that stands its number of processes."""
    found = []
    for row in table.rows:
        *names, estimate, n = (item.value for item in row)
        assert isinstance(estimate, Estimate)
        assert n == estimate.n
        found.append((tuple(str(name) for name in names), estimate))
    return found


def points_of(table: Table) -> list[float | None]:
    return [estimate.point for _, estimate in rows_of(table)]


def heads_of(table: Table) -> tuple[str, ...]:
    """The heads of the names."""
    assert [head for head, _ in table.heads[-2:]] == ["Number and interval", "n"]
    return tuple(head for head, _ in table.heads[:-2])
