"""Wheels of nothing, and a project's folder in which pip finds no others."""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PROBE = """
import importlib.metadata
def facts():
    return {each.metadata["Name"]: each.version for each in importlib.metadata.distributions()}
"""


def offline(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder; pip finds only what lies in its `wheels`."""
    bench = root / "study" / "bench"
    bench.mkdir(parents=True)
    (bench / "probe.py").write_text(PROBE, encoding="utf-8")
    (root / "wheels").mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(root / "wheels"))
    return root


def wheel(folder: Path, name: str, needs: str = "Requires-Dist: numpy\n", version: str = "1.0") -> str:
    """A wheel of nothing; its SHA-256."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lock(root: Path, **hashes: str) -> Path:
    """A lock of version 1.0 of each."""
    path = root / "lock.txt"
    blocks = [f"{name}==1.0 \\\n    --hash=sha256:{each}\n    # via nobody\n" for name, each in hashes.items()]
    path.write_text("".join(blocks), encoding="utf-8")
    return path
