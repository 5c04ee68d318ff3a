"""Who may import whom. Read from the source, and seen in running interpreters."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parent.parent
STUDY = ROOT / "study"
SHARED = {
    "cell",
    "things",
    "units",
    "errors",
    "plain",
    "findings",
    "forms",
    "blocks",
    "identity",
    "reports",
    "screens",
    "exits",
    "",
}
MAY_IMPORT: dict[str, set[str]] = {
    "things": set(),
    "cell": set(),
    "forms": set(),
    "blocks": set(),
    "reports": set(),
    "screens": set(),
    "names": set(),
    "units": set(),
    "errors": set(),
    "plain": set(),
    "certificates": set(),
    "findings": set(),
    "exits": set(),
    "identity": set(),
    "loaded": set(),
    "terminal": set(),
    "memory": set(),
    "garbage": set(),
    "orphans": set(),
    "typed": set(),
    "takes": {"typed"},
    "unforeseen": set(),
    "unheeded": set(),
    "config": set(),
    "factors": set(),
    "counts": set(),
    "curves": {"config", "factors", "counts"},
    "plan": {"config", "factors", "curves"},
    "bench": set(),
    "own": {"bench"},
    "stats": set(),
    "scaling": {"stats"},
    "machine": set(),
    "checks": {"machine", "stats"},
    "targets": {"certificates"},
    "supervise": set(),
    "lab": set(),
    "lab.simulate": {"counts"},
    "store": {"config", "machine"},
    "table": {"store"},
    "progress": {"terminal"},
    "run": {
        "plan",
        "curves",
        "config",
        "factors",
        "supervise",
        "lab.simulate",
        "targets",
        "store",
        "machine",
        "checks",
        "progress",
    },
    "stored": {"compare", "evidence", "memory", "sections", "terminal"},
    "gate": {"config", "run", "stats", "store", "progress"},
    "compare": {"config", "evidence", "loaded", "names", "stats", "store"},
    "advise": {"evidence", "machine", "names", "store", "supervise", "takes", "targets", "unheeded"},
    "exchange": {"machine", "store"},
    "evidence": {"config", "loaded", "names", "plan", "stats", "store", "table"},
    "sections": {
        "advise",
        "config",
        "loaded",
        "names",
        "plan",
        "stats",
        "scaling",
        "checks",
        "store",
        "table",
        "evidence",
        "compare",
    },
    "draw": set(),
    "report": {"draw", "garbage", "orphans"},
    "lab.validate": {"config", "gate", "lab.simulate", "plan", "stats", "scaling", "store", "table"},
    "lab.acts": set(),
    "lab.crosscheck": {"lab.acts", "plan", "run", "store", "supervise"},
    "fleet": {"certificates", "machine", "orphans", "store", "supervise", "takes"},
    "lab.scale": {"store"},
    "lab.fleet_scale": {"lab.scale", "store"},
    "lab.selfbench": {"lab", "lab.scale", "plan", "run", "evidence", "sections", "store"},
    "cli": {
        "targets",
        "run",
        "exchange",
        "advise",
        "fleet",
        "gate",
        "stored",
        "evidence",
        "sections",
        "report",
        "store",
        "progress",
        "lab.selfbench",
        "lab.validate",
        "lab.crosscheck",
        "terminal",
        "memory",
        "garbage",
        "takes",
        "unforeseen",
        "unheeded",
    },
    "__main__": {"cli"},
}
HEAVY = {"scipy", "pandas", "matplotlib", "jinja2", "typst"}


def modules() -> list[Path]:
    return sorted(STUDY.rglob("*.py"))


def room(path: Path) -> str:
    return room_of(path.relative_to(STUDY).with_suffix("").parts)


def room_of(parts: Sequence[str]) -> str:
    """The room of a module of this package; what is tried in the lab is a room each."""
    return ".".join(parts[:2] if parts[0] == "lab" else parts[:1]).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Top names of absolute imports; for this package the room: 'study.stats.paired' is 'study.stats'."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"study.{alias.name}" for alias in node.names] if node.module == "study" else [node.module]
        else:
            continue
        for name in names:
            parts = name.split(".")
            found.add(f"study.{room_of(parts[1:])}" if parts[0] == "study" and len(parts) > 1 else parts[0])
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(STUDY)))
def test_a_module_imports_only_from_the_layers_below_it(path: Path) -> None:
    own = room(path)
    if own == "__init__":
        assert not {name for name in imports(path) if name.startswith("study.")}
        return
    wanted = {name.removeprefix("study.") for name in imports(path) if name.startswith("study.")}
    wanted -= {own, "__version__"} | SHARED
    if own == "bench":
        assert not wanted
        assert not imports(path) & {"study.units", "study.plain", "study.findings", "study.identity"}
    assert wanted <= MAY_IMPORT[own], f"{own} imports {sorted(wanted - MAY_IMPORT[own])}"


@pytest.mark.parametrize("own", ["stats", "scaling"])
def test_statistics_see_no_file_no_clock_and_no_table(own: str) -> None:
    for path in [each for each in modules() if room(each) == own]:
        assert not imports(path) & {"pandas", "time", "datetime", "os", "pathlib", "io"}, path
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            assert called not in {"open", "sum", "print"}, f"{path}: {called}"


def loaded_by(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(' '.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def test_planning_and_running_load_nothing_heavy() -> None:
    loaded = loaded_by("import study.run, study.run.outlook, study.plan, study.progress, study.report.place")
    assert not loaded & HEAVY


def test_a_page_and_its_numbers_are_written_without_what_draws() -> None:
    loaded = loaded_by(
        "import study.draw, study.report.html, study.report.csvs, study.report.paper, study.report.pictures"
    )
    assert "matplotlib" not in loaded


def test_the_command_line_alone_loads_next_to_nothing() -> None:
    loaded = loaded_by("import study.cli; study.cli._parser()")
    assert not loaded & (HEAVY | {"numpy", "msgspec", "rich", "psutil", "pyperf", "asyncio"})


def test_only_the_store_and_its_documents_name_the_results_folder_for_writing() -> None:
    for path in modules():
        if room(path) in {"store", "run", "cli"}:
            continue
        text = path.read_text(encoding="utf-8")
        assert "manifest.json" not in text, path
        assert "journal.jsonl" not in text, path


def is_ours(receiver: ast.expr) -> bool:
    """Whether what is formatted stands in the source: a literal, marked-up or not, or a module's function of that name."""
    if isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Name) and receiver.func.id == "Markup":
        return all(isinstance(argument, ast.Constant) for argument in receiver.args)
    return isinstance(receiver, ast.Constant) or ast.unparse(receiver) == "msgspec.json"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(STUDY)))
def test_no_text_from_elsewhere_is_a_format(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            formats = node.func.attr in {"format", "format_map", "vformat", "safe_substitute"}
            assert not formats or is_ours(node.func.value), f"{path}: {ast.unparse(node)}"
