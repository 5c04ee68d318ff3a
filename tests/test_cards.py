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
    ],
)
def test_a_build_is_told_in_words(facts: dict[str, object], label: str, words: str) -> None:
    found = dict(target_facts(TargetRecord(name="cpython-3.14.0", facts=facts)).facts)
    assert found[label] == words
