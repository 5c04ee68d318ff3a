"""Cards: facts of a manifest in words."""

from __future__ import annotations

import pytest

from study.sections.cards import NOT_READABLE, interpreter_card, machine_card, warnings_of
from study.store import TargetRecord
from tests.builders import manifest


@pytest.mark.parametrize(
    ("facts", "label", "words"),
    [
        ({"config_args": ["--enable-optimizations", "--with-lto=thin"]}, "configure --with-lto (LTO)", "yes"),
        ({"config_args": ["--with-lto=no"]}, "configure --with-lto (LTO)", "no"),
        (
            {"config_args": []},
            "configure --enable-optimizations (PGO)",
            "not given; a distribution may do it by other means",
        ),
        ({}, "configure --enable-optimizations (PGO)", NOT_READABLE),
        ({"jit": {"available": True, "enabled": False}}, "JIT", "built in, not enabled"),
        ({"jit": {"available": False, "enabled": False}}, "JIT", "not built in"),
        ({"jit": None}, "JIT", NOT_READABLE),
        ({"config_args": ["--with-pydebug"]}, "Debug build", "yes"),
        ({"debug": True}, "Debug build", "yes"),
        ({}, "Debug build", "no"),
        ({"untested": False}, "Newer than the study knows", "no"),
        ({"variables": {}}, "Variables that were set", "none"),
        (
            {"variables": {"PYTHON_JIT": "1", "PYTHON_GIL": "0"}},
            "Variables that were set",
            "PYTHON_JIT=1, PYTHON_GIL=0",
        ),
        ({"frame_pointers": False}, "Frame pointers kept by C code", "no"),
        ({"gc_thresholds": [2000, 10, 0]}, "Garbage collector", "incremental (thresholds 2000, 10, 0)"),
        ({"gc_thresholds": [700, 10, 10]}, "Garbage collector", "generational (thresholds 700, 10, 10)"),
        (
            {"gc_thresholds": [2000, 10, 10], "free_threaded": True},
            "Garbage collector",
            "not generational (thresholds 2000, 10, 10)",
        ),
        ({"gc_thresholds": None}, "Garbage collector", NOT_READABLE),
        ({"thread_local_bytecode": False}, "Specialised bytecode for each thread (TLBC)", "no"),
        ({"lazy_imports": "all"}, "Lazy imports", "all"),
        ({"x_options": []}, "-X options", "none"),
        ({"x_options": ["dev", "lazy_imports=all"]}, "-X options", "dev, lazy_imports=all"),
        ({"packages": {"numpy": "2.5.5"}}, "Packages at other versions than the lock's", "numpy==2.5.5"),
        ({"label": "jit"}, "Label of the arm", "jit"),
        ({"libc": "glibc 2.36"}, "C library", "glibc 2.36"),
        ({"libc": None}, "C library", NOT_READABLE),
    ],
)
def test_a_build_is_told_in_words(facts: dict[str, object], label: str, words: str) -> None:
    found = dict(interpreter_card(TargetRecord(name="cpython-3.14.0", facts=facts)))
    assert found[label] == words


def test_what_an_earlier_version_did_not_ask_for_is_not_called_unreadable() -> None:
    target = TargetRecord(name="cpython-3.11.7", facts={"version": "3.11.7"})
    assert not {"Newer than the study knows", "-X options", "Garbage collector"} & set(dict(interpreter_card(target)))
    assert warnings_of(target) == ()


def test_what_an_interpreter_has_not_got_is_not_called_unreadable() -> None:
    facts = {"lazy_imports": None, "thread_local_bytecode": None, "label": ""}
    card = dict(interpreter_card(TargetRecord(name="cpython-3.11.7", facts=facts)))
    assert not {"Lazy imports", "Specialised bytecode for each thread (TLBC)", "Label of the arm"} & set(card)


def test_a_target_warns_of_what_it_is() -> None:
    facts = {"debug": True, "untested": True, "variables": {"PYTHON_CPU_COUNT": "1"}}
    found = warnings_of(TargetRecord(name="one", facts=facts))
    assert [words in warning for words, warning in zip(("a debug", "newer", "=1"), found, strict=True)] == [True] * 3


def test_a_machine_card_says_what_changed_while_it_was_measured() -> None:
    facts = {"cpu_model": "A", "cpu_classes": "8 at 4600 MHz, 4 at 3400 MHz", "libc": "musl"}
    card = dict(machine_card(manifest(simulated=False, machine=facts, changes=["kernel: 6.1 / 6.18"])))
    assert card["Changed between sittings (before / after)"] == "kernel: 6.1 / 6.18"
    assert (card["Classes of CPUs"], card["C library"]) == ("8 at 4600 MHz, 4 at 3400 MHz", "musl")
    assert card["Microcode"] == NOT_READABLE
    assert "Changed between sittings (before / after)" not in dict(machine_card(manifest(simulated=False)))
