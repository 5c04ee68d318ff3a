"""The records of things: whole, coherent, and the only place outside the bench that knows a backend or a start method by name."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study import factors
from study.bench import registry
from study.cell import Cell, noise_class, sampling_of
from study.lab.simulate import law
from study.names import FILLED
from study.plan import packages_of
from study.things import (
    APIS,
    BACKENDS,
    CHANNELS,
    FORMS,
    KERNELS,
    LABELS,
    NUMPY,
    PATTERNS,
    PEERS,
    PLACEMENTS,
    START_METHODS,
)
from study.things.kernels import OWN
from study.things.looks import INJECTED, SAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from study.things import Backend, Channel, Kernel, Look, Pattern

ROOT = Path(__file__).parent.parent
STUDY = ROOT / "study"
KNOW_NAMES = ("things", "bench")
"""Rooms that may: the records, and what is timed."""
ENGLISH = {
    ("checks.py", "processes"),
    ("compare/kinds.py", "interpreters"),
    ("compare/kinds.py", "threads"),
    ("compare/runs.py", "interpreters"),
    ("config/numbers.py", "threads"),
    ("fleet/wish.py", "dask_address"),
    ("run/changed.py", "threads"),
    ("run/outlook.py", "processes"),
    ("run/prepared.py", "processes"),
    ("sections/cells.py", "processes"),
    ("sections/choices_of_workers.py", "processes"),
    ("sections/choices_of_workers.py", "threads"),
    ("sections/claims.py", "processes"),
    ("sections/compare.py", "processes"),
    ("sections/glossary.py", "pool"),
    ("sections/glossary.py", "processes"),
    ("sections/glossary.py", "threads"),
    ("sections/interpreters.py", "interpreters"),
    ("sections/method.py", "processes"),
    ("sections/numbers.py", "processes"),
    ("sections/questions/q1_words.py", "processes"),
    ("sections/questions/real_words.py", "processes"),
    ("sections/questions/sharing_words.py", "processes"),
    ("sections/questions/yours.py", "call"),
    ("sections/wall/over_time.py", "processes"),
    ("stats/__init__.py", "call"),
    ("stats/paired.py", "processes"),
    ("targets/cluster.py", "threads"),
}
"""Words of sentences, columns and anchors, a variant, a function, an option, a fact of a cluster: no backend, no channel. Heads
of tables are words too."""
NAMES = {*BACKENDS, *START_METHODS, *CHANNELS} - {""}


def docstrings(tree: ast.AST) -> set[int]:
    """The nodes of strings that stand as statements."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def heads(tree: ast.AST) -> set[int]:
    """The nodes of what stands above the columns of tables."""
    given = (node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "heads")
    return {id(node) for value in given for node in ast.walk(value)}


def named_in(path: Path) -> set[str]:
    """Names of things that stand as strings in a module, docstrings apart."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = docstrings(tree) | heads(tree)
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in said)
    return {str(node.value) for node in strings if node.value in NAMES}


def test_no_module_knows_a_backend_a_start_method_or_a_channel_by_name() -> None:
    paths = {path.relative_to(STUDY).as_posix(): path for path in sorted(STUDY.rglob("*.py"))}
    looked_at = {name: path for name, path in paths.items() if name.split("/")[0] not in KNOW_NAMES}
    found = {(name, word) for name, path in looked_at.items() for word in named_in(path)}
    assert found == ENGLISH
    assert any(named_in(path) for name, path in paths.items() if name.startswith("things/")), "nothing would be found"


TABLES: dict[str, Mapping[str, object]] = {
    "kernels": KERNELS,
    "backends": BACKENDS,
    "start methods": START_METHODS,
    "channels": CHANNELS,
    "forms": FORMS,
    "placements": PLACEMENTS,
    "labels": LABELS,
    "calls": APIS,
    "patterns": PATTERNS,
    **{f"variants of {pattern.name}": pattern.variants for pattern in PATTERNS.values()},
}


@pytest.mark.parametrize("table", TABLES)
def test_a_record_is_found_under_its_own_name_which_a_cell_can_carry(table: str) -> None:
    assert TABLES[table]
    for name, record in TABLES[table].items():
        assert record.name == name  # type: ignore[attr-defined]
        assert Cell(pattern="map", variant=name).variant == name


@pytest.mark.parametrize("table", [table for table in TABLES if table not in {"start methods", "calls"}])
def test_two_things_of_a_family_have_words_of_their_own(table: str) -> None:
    words = [record.words for record in TABLES[table].values()]  # type: ignore[attr-defined]
    assert len(set(words)) == len(words)
    assert all(words[index] for index, name in enumerate(TABLES[table]) if name), words


def is_there(place: str) -> bool:
    """Whether the bench has the module, and whether its source makes what is named in it; nothing is imported."""
    module, _, attribute = place.partition(":")
    source = ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    made = {
        name
        for node in ast.parse(source).body
        for name in (
            [target.id for target in node.targets if isinstance(target, ast.Name)]
            if isinstance(node, ast.Assign)
            else [node.name]
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            else []
        )
    }
    return not attribute or attribute in made


def places() -> Iterable[str]:
    yield from (kernel.module for kernel in KERNELS.values())
    yield from (backend.module for backend in BACKENDS.values())
    yield from (module for channel in CHANNELS.values() for module in channel.modules.values())
    yield from (pattern.module for pattern in PATTERNS.values())
    variants = [variant for pattern in PATTERNS.values() for variant in pattern.variants.values()]
    yield from (variant.module for variant in variants if variant.module)


@pytest.mark.parametrize("place", sorted(set(places())))
def test_a_record_names_a_module_of_the_timed_side_and_what_stands_in_it(place: str) -> None:
    assert place.startswith("study.bench.") or place == OWN.module
    assert is_there(place)


def test_every_kernel_backend_channel_and_pattern_of_the_bench_has_a_record() -> None:
    bench, named = STUDY / "bench", {place.partition(":")[0] for place in places()}
    no_things = {"__init__", "fasta"}  # an input of kernels
    for room in ("kernels", "backends", "channels", "patterns"):
        modules = {path.stem for path in (bench / room).glob("*.py")} - no_things
        assert {name for name in modules if f"study.bench.{room}.{name}" not in named} == set()


def looks(family: Iterable[Look | None]) -> set[Look]:
    return {look for look in family if look is not None}


FAMILIES: dict[str, set[Look]] = {
    "ways to run tasks": looks(
        [*(backend.look for backend in BACKENDS.values()), *(method.look for method in START_METHODS.values())]
    ),
    "channels": looks(channel.look for channel in CHANNELS.values()),
    "equal cells": {SAME, INJECTED},
}


@pytest.mark.parametrize("family", FAMILIES)
def test_two_looks_of_a_family_differ_in_label_and_in_colour_or_marker(family: str) -> None:
    drawn = FAMILIES[family]
    assert len(drawn) > 1
    assert len({look.label for look in drawn}) == len(drawn)
    assert len({(look.token, look.marker) for look in drawn}) == len(drawn)


def test_what_carries_a_message_never_looks_like_a_start_method() -> None:
    """They meet in one figure: see `study.sections.build.look_of`. Hues are seven, so the marker tells the rest."""
    drawn = [*looks(channel.look for channel in CHANNELS.values()), *(method.look for method in START_METHODS.values())]
    assert len({(look.token, look.marker) for look in drawn}) == len(drawn)
    assert len({method.look.token for method in START_METHODS.values()}) == len(START_METHODS)


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=lambda kernel: kernel.name)
def test_a_kernel_is_coherent(kernel: Kernel) -> None:
    assert kernel.simulated_s > 0
    assert not (kernel.waits and not kernel.releases_gil)
    assert kernel.works or kernel.next_to_nothing
    assert not (kernel.has_length and not kernel.works)


@pytest.mark.parametrize("backend", BACKENDS.values(), ids=lambda backend: backend.name)
def test_a_backend_is_coherent(backend: Backend) -> None:
    assert (backend.dispatch_s is not None) == backend.hands_out
    assert (backend.message_s is not None) == bool(backend.partners)
    started = backend.takes_start_method or backend.kind == "loop"
    assert (backend.life is None) == started
    assert not (backend.hands_out and not backend.runs_tasks)
    assert not (backend.apis and not backend.hands_out)
    assert not (backend.chunks_itself and not backend.takes_chunksize)
    assert not (backend.copies_parent and backend.takes_start_method)
    assert (backend.kind == "floor") == bool(backend.system_call)
    assert not (backend.kind == "floor" and backend.runs_tasks)
    assert not (backend.counts_cpu_time and (backend.package or backend.kind == "floor"))


@pytest.mark.parametrize("channel", CHANNELS.values(), ids=lambda channel: channel.name or "plain")
def test_a_channel_is_coherent(channel: Channel) -> None:
    carrying = {backend.kind for backend in BACKENDS.values() if backend.partners}
    assert channel.modules
    assert set(channel.modules) <= carrying
    assert channel.simulated > 0
    assert (channel.look is None) == (channel.name == "")
    assert not (channel.inherited and set(channel.modules) != {"process"})


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda pattern: pattern.name)
def test_a_pattern_is_coherent(pattern: Pattern) -> None:
    assert set(pattern.length) <= set(pattern.parts)
    assert pattern.backends
    assert set(pattern.backends) <= set(BACKENDS)
    names = {field.name for field in fields(Cell)}
    assert pattern.uses <= names - factors.ALWAYS
    assert set(pattern.usual) <= names
    for rule in pattern.limits:
        assert {rule.factor, *rule.where} <= names
        assert bool(rule.only) != bool(rule.never)
        assert set(rule.where.get("backend", ())) <= set(pattern.backends)
        if rule.factor == "variant":
            assert {*rule.only, *rule.never} <= set(pattern.variants)
    assert any(pattern.name in rule.where.get("pattern", ()) for rule in factors.RULES) or not pattern.limits


def test_words_name_in_braces_only_what_can_be_filled_in() -> None:
    words = [pattern.words for pattern in PATTERNS.values()]
    words += [text for backend in BACKENDS.values() for text in (backend.words, backend.alone, backend.partners)]
    named = set(re.findall(r"\{(\w*)\}", "".join(words)))
    assert named == set(FILLED)
    assert all(text.count("{") == len(re.findall(r"\{\w+\}", text)) for text in words)


def test_every_law_that_a_pattern_names_is_there_and_each_is_named() -> None:
    assert {pattern.law for pattern in PATTERNS.values()} == set(law._LAWS)


def test_numpy_is_asked_for_by_itself_and_every_other_package_is_a_peers() -> None:
    needing = [kernel.package for kernel in KERNELS.values()] + [form.package for form in FORMS.values()]
    needing += [backend.package for backend in BACKENDS.values()]
    needing += [variant.package for pattern in PATTERNS.values() for variant in pattern.variants.values()]
    assert set(needing) == {"", NUMPY, *PEERS}
    assert packages_of(Cell(pattern="map", kernel="matmul", backend="loky")) == {"numpy", "joblib"}
    assert packages_of(Cell(pattern="program_lifecycle", backend="processes", variant="preload")) == {"numpy"}
    assert packages_of(Cell(pattern="pickling", form="array_out_of_band")) == {"numpy"}
    assert packages_of(Cell(pattern="map", variant="unheard-of")) == frozenset()


def test_a_cell_is_sampled_as_its_variant_says_else_its_pattern_else_the_plan() -> None:
    def sampled(**factors: str) -> tuple[int, int, int]:
        return sampling_of(Cell(**factors), 3, 1)  # type: ignore[arg-type]

    assert sampled(pattern="map") == (3, 1, 0)
    assert sampled(pattern="map", variant="events") == (200, 20, 1)
    assert sampled(pattern="ping_pong", variant="cold") == (150, 0, 1)
    assert sampled(pattern="program_lifecycle", variant="bare") == (2, 0, 1)
    assert sampled(pattern="memory") == (1, 0, 1)
    assert sampled(pattern="tango", variant="cold") == (3, 1, 0)


def test_overhead_is_the_noise_of_next_to_nothing_handed_out_and_of_nothing_else() -> None:
    plain = Cell(pattern="map", backend="thread_executor", workers=2)
    for kernel in KERNELS.values():
        expected = "dispatch" if kernel.next_to_nothing else "compute"
        assert noise_class(replace(plain, kernel=kernel.name)) == expected
        assert noise_class(Cell(pattern="map", kernel=kernel.name)) == "compute"
        assert noise_class(Cell(pattern="capacity", kernel=kernel.name, backend="processes")) == "compute"


def test_only_what_is_started_differently_is_asked_of_a_process() -> None:
    plain = Cell(pattern="map", backend="threads", workers=2)
    asked = factors.of_the_process(plain)
    assert asked == {"library_threads": "1", "PYTHONUNBUFFERED": "", "PYTHONPATH": ""}
    for backend in BACKENDS.values():
        path = factors.of_the_process(replace(plain, backend=backend.name))["PYTHONPATH"]
        assert bool(path) == backend.needs_interpreters
    unbuffered = Cell(pattern="four_printers", backend="processes", variant="unbuffered")
    assert factors.of_the_process(unbuffered)["PYTHONUNBUFFERED"] == "1"
    assert factors.of_the_process(replace(plain, library_threads=3))["library_threads"] == "3"


def test_loading_the_records_loads_the_standard_library_only_and_nothing_of_the_bench() -> None:
    program = "import sys; import study.cell; print(' '.join(sys.modules))"
    found = subprocess.run([sys.executable, "-S", "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = set(found.stdout.split())
    ours = {name for name in modules if name.partition(".")[0] == "study"}
    assert ours == {"study", "study.cell", *(name for name in ours if name.startswith("study.things"))}
    assert {name.partition(".")[0] for name in modules - ours} <= {*sys.stdlib_module_names, "__main__"}
    assert not modules & {"multiprocessing", "threading", "asyncio"}


def test_the_registry_imports_what_a_record_names() -> None:
    kernel = registry.imported(KERNELS["fannkuch"].module)
    assert kernel is registry.kernel_of(Cell(pattern="map", kernel="fannkuch"))
    assert type(registry.backend_of(Cell(pattern="map"))) is registry.imported(BACKENDS["call"].module)
