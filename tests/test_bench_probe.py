"""What the harness is told of a target."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from study.bench import probe

ROOT = Path(__file__).parents[1]


def test_the_probe_prints_one_json_object_without_a_path() -> None:
    command = [sys.executable, "-m", "study.bench.probe"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    facts = json.loads(done.stdout)
    assert facts["version_info"] == list(sys.version_info)
    # asked of a fresh interpreter: in this one joblib may have been imported, which registers start methods of its own
    ask = [sys.executable, "-c", "import json, multiprocessing as m; print(json.dumps(m.get_all_start_methods()))"]
    known = subprocess.run(ask, check=True, capture_output=True, text=True, timeout=60)
    assert facts["start_methods"] == json.loads(known.stdout)
    assert facts["default_start_method"] in facts["start_methods"]
    assert facts["pyperf_version"]
    assert "/" not in done.stdout
    assert str(Path.home().name) not in done.stdout.split('"')


@pytest.mark.parametrize(
    ("config_args", "kept"),
    [
        ("", []),
        ("'--prefix=/home/me/py' '--enable-shared' 'CFLAGS=-O3 -I/home/me'", ["--enable-shared"]),
        ("'--with-lto=full' '--enable-optimizations'", ["--enable-optimizations", "--with-lto=full"]),
        ("'--with-lto=/home/me' '--disable-gil'", ["--disable-gil", "--with-lto"]),
        ("'--with-openssl=/opt/ssl' '--host=my-machine'", []),
    ],
)
def test_of_the_build_only_known_words_are_kept(config_args: str, kept: list[str]) -> None:
    assert probe.build_options(config_args) == kept


def test_a_package_that_is_absent_has_no_version() -> None:
    assert probe.version_of("a-package-that-does-not-exist") is None


@pytest.mark.parametrize(
    ("flags", "kept"),
    [
        ("", False),
        ("-O3 -fno-omit-frame-pointer", True),
        ("-fno-omit-frame-pointer -O3 -fomit-frame-pointer", False),
        ("-fomit-frame-pointer -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer", True),
    ],
)
def test_the_last_word_on_frame_pointers_counts(flags: str, kept: bool) -> None:
    assert probe.frame_pointers(flags) is kept


def test_options_of_the_start_are_told_without_paths() -> None:
    given: dict[str, str | bool] = {"pycache_prefix": "/home/me", "lazy_imports": "all", "dev": True, "a/b": True}
    assert probe.x_options(given) == ["dev", "lazy_imports=all", "pycache_prefix"]


def test_a_probe_tells_the_options_that_it_was_started_with() -> None:
    command = [
        sys.executable,
        "-X",
        "importtime=2" if sys.version_info >= (3, 14) else "dev",
        "-m",
        "study.bench.probe",
    ]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    facts = json.loads(done.stdout)
    assert facts["x_options"] in (["dev"], ["importtime=2"])
    assert len(facts["gc_thresholds"]) == 3
    assert isinstance(facts["frame_pointers"], bool)
    assert (facts["lazy_imports"] is None) is (sys.version_info < (3, 15))
