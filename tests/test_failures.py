"""What failed stands with what it means for a reader, and every check and rule has such words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from study import checks
from study.sections import audit, failures

SOURCE = Path(checks.__file__)
NAMES = sorted(
    {
        keyword.value.value
        for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Check"
        for keyword in node.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }
)
WITHOUT = {"interpreter known", "CPUs as Python counts them"}
"""Checks whose remedy says all."""


@pytest.mark.parametrize("name", NAMES)
def test_every_check_says_what_its_failure_means(name: str) -> None:
    assert (name in failures._CHECKS) is (name not in WITHOUT)


@pytest.mark.parametrize("rule", [rule for rule, _ in audit._RULES])
def test_every_rule_says_what_it_means_that_it_is_not_kept(rule: str) -> None:
    assert len([begin for begin in failures._RULES if failures._begins(rule, begin)]) == 1
