"""One job written in several ways: what of each program can be counted, beside the same of the one with threads."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from pathlib import Path

from study.bench.errors import WrongAnswerError
from study.bench.examples import job_pool, job_process_executor, job_processes, job_thread_executor, job_threads
from study.bench.patterns import Session, seconds

SOURCES = {
    "threads": job_threads,
    "processes": job_processes,
    "pool": job_pool,
    "process_executor": job_process_executor,
    "thread_executor": job_thread_executor,
}
LIBRARIES = {"threading", "queue", "multiprocessing", "concurrent"}
RIGHT = "2262"
"""Primes below 20 000."""


class WrittenProgram(Session):
    """The event: the program's source is read and counted.

    Outcomes of `trials` events: `lines` that hold code, `calls`, and different `names` taken from threading, queue,
    multiprocessing and concurrent.futures; and of the program with threads `thread_lines`, `thread_calls`, `thread_names`.
    """

    def check(self) -> None:
        """Run the program: it prints the right number."""
        place = str(SOURCES[self.cell.backend].__file__)
        ran = subprocess.run([sys.executable, place], check=False, capture_output=True, encoding="utf-8")
        if ran.stdout.strip() != RIGHT:
            raise WrongAnswerError(f"{self.cell.text!r}: the program printed {ran.stdout[:100]!r}; right is {RIGHT}")

    def event(self, loops: int) -> dict[str, float]:
        """Count, `loops` times."""
        total_ns = 0
        for _ in range(loops):
            begun_ns = time.perf_counter_ns()
            own = counted(_text(self.cell.backend))
            total_ns += time.perf_counter_ns() - begun_ns
            self.count("trials")
            for name, number in own.items():
                self.count(name, number)
            for name, number in counted(_text("threads")).items():
                self.count(f"thread_{name}", number)
        return seconds(total=total_ns)


def _text(backend: str) -> str:
    return Path(str(SOURCES[backend].__file__)).read_text(encoding="utf-8")


def counted(text: str) -> dict[str, int]:
    """Lines that hold code (no docstrings, no comments), calls, and different names of the libraries."""
    tree = ast.parse(text)
    lines: set[int] = set()
    ours: set[str] = set()
    names: set[str] = set()
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            ours |= LIBRARIES & {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in LIBRARIES:
            names |= {alias.name for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner and ast.unparse(node.value).split(".")[0] in ours:
            names.add(node.attr)
        if isinstance(node, (ast.stmt, ast.expr)) and not _is_docstring(node):
            lines.add(node.lineno)
    calls = sum(isinstance(node, ast.Call) for node in ast.walk(tree))
    return {"lines": len(lines), "calls": calls, "names": len(names)}


def _is_docstring(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Expr) else node
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.endswith(".")
