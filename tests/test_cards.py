"""Cards: facts of a manifest in words."""

from __future__ import annotations

import pytest

from study.analyse.card import NOT_READABLE, target_facts
from study.store import TargetRecord


@pytest.mark.parametrize(
    ("facts", "label", "words"),
    [
        ({"config_args": ["--enable-optimizations", "--with-lto=thin"]}, "configure --with-lto (LTO)", "yes"),
        ({"config_args": ["--with-lto=no"]}, "configure --with-lto (LTO)", "no"),
        ({"config_args": []}, "configure --enable-optimizations (PGO)", "no"),
        ({}, "configure --enable-optimizations (PGO)", NOT_READABLE),
        ({"jit": {"available": True, "enabled": False}}, "JIT", "built in, not enabled"),
        ({"jit": {"available": False, "enabled": False}}, "JIT", "not built in"),
        ({"jit": None}, "JIT", NOT_READABLE),
        ({"debug": True}, "Debug build", "yes"),
        ({"untested": False}, "Newer than the study knows", "no"),
        ({"variables": {}}, "Variables of Python that were set", "none"),
        (
            {"variables": {"PYTHON_JIT": "1", "PYTHON_GIL": "0"}},
            "Variables of Python that were set",
            "PYTHON_JIT=1, PYTHON_GIL=0",
        ),
        ({"libc": "glibc 2.36"}, "C library", "glibc 2.36"),
        ({"libc": None}, "C library", NOT_READABLE),
    ],
)
def test_a_build_is_told_in_words(facts: dict[str, object], label: str, words: str) -> None:
    found = dict(target_facts(TargetRecord(name="cpython-3.14.0", facts=facts)).facts)
    assert found[label] == words


def test_what_an_earlier_version_did_not_ask_for_is_not_called_unreadable() -> None:
    found = target_facts(TargetRecord(name="cpython-3.11.7", facts={"version": "3.11.7"}))
    assert "Debug build" not in dict(found.facts)
    assert found.warnings == ()


def test_a_target_warns_of_what_it_is() -> None:
    facts = {"debug": True, "untested": True, "variables": {"PYTHON_CPU_COUNT": "1"}}
    found = target_facts(TargetRecord(name="one", facts=facts))
    assert [words in warning for words, warning in zip(("a debug", "newer", "=1"), found.warnings, strict=True)] == [
        True
    ] * 3
