"""What runs when a cell is timed: the measuring core, and the modules that the cell's records name. A digest for each cell.

A new kernel changes the digest of no other cell; a changed pattern changes those of its own cells. Words and looks of the
records are not measured and do not count.
"""

from __future__ import annotations

import ast
import functools
import re
from typing import TYPE_CHECKING

from study.cell import variant_of
from study.identity.digests import digest_of, digest_of_files
from study.things import BACKENDS, CHANNELS, KERNELS, PATTERNS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from study.cell import Cell

CORE = "study.bench.measure"
"""The program that is timed: with all that it imports, whatever the cell, it is the core."""
_NOT_MEASURED = ("study", "study.things")
"""Packages whose source says nothing of what is timed: what is measured of the records is taken from them apart."""
_DIGITS = 16
_MODULE = re.compile(r"study(\.\w{1,50}){1,6}")
"""A text of the source that is nothing but a module's name."""


class Sources:
    """The source of the timed side as it lies in one folder now."""

    def __init__(self, root: Path) -> None:
        """Nothing is read before it is asked for."""
        self._root = root
        self._imported: dict[str, frozenset[str]] = {}
        self._named: dict[str, tuple[str, ...]] = {}
        self._digests: dict[str, str] = {}
        self._files: dict[str, str] = {}

    @functools.cached_property
    def core(self) -> str:
        """Digest of what runs whatever the cell."""
        return self._digest_of(self._closure(CORE))

    def digest(self, cell: Cell) -> str:
        """Digest of all that runs when this cell is timed, 16 hexadecimal digits."""
        said = measured_of(cell)
        key = repr(said)
        if key not in self._digests:
            modules = set(self._closure(CORE)).union(*(self._closure(name) for name in modules_of(cell)))
            self._digests[key] = digest_of([key, self._digest_of(modules)])[:_DIGITS]
        return self._digests[key]

    def _digest_of(self, modules: Collection[str]) -> str:
        for name in modules:
            if name not in self._files:
                self._files[name] = digest_of_files(self._root, [self._path(name)])
        return digest_of(sorted(self._files[name] for name in modules))

    def _closure(self, module: str) -> frozenset[str]:
        """The module and every module of the study that it imports or names, at its top or later, directly or not."""
        if module not in self._imported:
            found: set[str] = set()
            left = [module]
            while left:
                name = left.pop()
                if name not in found:
                    found.add(name)
                    if name not in self._named:
                        self._named[name] = tuple(self._imports(name))
                    left += self._named[name]
            self._imported[module] = frozenset(found)
        return self._imported[module]

    def _imports(self, module: str) -> Iterator[str]:
        """The modules of the study that one imports itself or names in a text, and the packages it lies in."""
        parts = module.split(".")
        yield from (name for end in range(2, len(parts)) if self._counts(name := ".".join(parts[:end])))
        for node in _run(ast.parse(self._path(module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _MODULE.fullmatch(node.value):
                names = [node.value]  # what another program is told to run, or a server to import
            else:
                continue
            yield from (name for name in names if self._counts(name))

    def _counts(self, module: str) -> bool:
        ours = module.startswith("study.") and not module.startswith(tuple(f"{name}." for name in _NOT_MEASURED[1:]))
        return ours and module not in _NOT_MEASURED and self._path(module).is_file()

    def _path(self, module: str) -> Path:
        path = self._root.joinpath(*module.split("."))
        return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def modules_of(cell: Cell) -> tuple[str, ...]:
    """The modules that the cell's records name, each once, sorted; of factors that the pattern does not have none."""
    pattern, backend, variant = PATTERNS[cell.pattern], BACKENDS[cell.backend], variant_of(cell)
    places = (
        pattern.module,
        KERNELS[cell.kernel].module if "kernel" in pattern.uses else "",
        backend.module,
        CHANNELS[cell.channel].modules.get(backend.kind, "") if "channel" in pattern.uses else "",
        variant.module if variant else "",
    )
    return tuple(sorted({place.partition(":")[0] for place in places} - {""}))


def measured_of(cell: Cell) -> tuple[object, ...]:
    """What of the cell's records changes what is measured: where it is, the parts that are timed, and how it is sampled."""
    pattern, variant = PATTERNS[cell.pattern], variant_of(cell)
    return (
        pattern.module,
        tuple(pattern.parts),
        tuple(pattern.sampling or ()),
        tuple((variant.sampling if variant else None) or ()),
        modules_of(cell),
    )


def _run(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but what only a type checker reads."""
    left = [tree]
    while left:
        for node in ast.iter_child_nodes(left.pop()):
            if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
                yield node
                left.append(node)
