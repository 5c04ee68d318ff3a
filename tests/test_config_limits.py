"""Hostile, huge and half-written texts: refused at once, in a sentence with file and key."""

from __future__ import annotations

import contextlib
import math
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from study import config
from study.config import experiments as limits
from study.config import reading
from study.config.values import MOST
from study.errors import ConfigError
from study.plan import TargetView, expand
from tests.configs import HEAD, experiment

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = 'pattern = "map"\nbackend = "call"\n'


def refused(text: str, identity: str = "mine") -> str:
    with pytest.raises(ConfigError) as caught:
        config.parse_experiment(text, identity)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 1000
    return message


def numbers(count: int, first: int = 0) -> str:
    return str(list(range(first, first + count)))


@pytest.mark.parametrize("name", MOST)
@pytest.mark.parametrize("value", [10**10, 10**18, 10**2000])
def test_no_number_is_too_large_to_be_refused(name: str, value: int) -> None:
    most = MOST[name][0]
    beyond = max(value, most + 1)
    assert f"mine.toml: vary[0].{name}: " in refused(experiment(f"{BLOCK}{name} = {beyond}"))
    assert f"expected {most} or less (" in refused(experiment(f"{BLOCK}{name} = [1, {most + 1}]"))
    config.parse_experiment(experiment(f"{BLOCK}{name} = {most}"), "mine")


@pytest.mark.parametrize("name", MOST)
@pytest.mark.parametrize("value", ["-1", "true", "1.5", "nan", "[[1]]", "{ a = 1 }", "1979-05-27", '["a"]', '"1..8"'])
def test_what_is_no_whole_number_is_told_with_its_place(name: str, value: str) -> None:
    assert f"experiments/mine.toml: vary[0].{name}" in refused(experiment(f"{BLOCK}{name} = {value}"))


@pytest.mark.parametrize("text", ["1..8", "1-8", "1 : 8", "1…8"])
def test_a_range_is_answered_with_how_to_write_a_list(text: str) -> None:
    message = refused(experiment(f'{BLOCK}workers = "{text}"'))
    assert ("write a list of the numbers, such as [1, 2, 4, 8]" in message) == (text != "1…8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = " + "[" * 50_000, "too deep"),
        ("x = " + "{a=" * 40_000, "too deep"),
        (experiment(f"{BLOCK}tasks = {'9' * 100_000}"), "too many digits"),
        (experiment(f"{BLOCK}tasks = 0x{'f' * 100_000}"), "a number of more than 60 digits is too large"),
        ("a." * 60_000 + "b = 1", "line 1: more than 32 dots in one line"),
        ('"a".' * 20_000 + "b = 1", "line 1: more than 32 dots in one line"),
        ("x = { " + "a." * 20_000 + "b = 1 }", "line 1: more than 32 dots in one line"),
        (HEAD + "#" * 200_000, "longer than 131072"),
        ("", "is empty"),
        ("\ufeff \n", "is empty"),
        (HEAD + "schema = 1", "a key or a table stands there twice"),
        (HEAD + "[[vary]]\n" * 5_000, "vary: 5000 blocks"),
        (HEAD + '[[skip]]\nreason = "r"\nwhen = { backend = "call" }\n' * 300, "skip: 300 blocks"),
        (experiment(f"{BLOCK}tasks = {numbers(300, 1)}"), "a list of 300 values"),
        (experiment(f'{BLOCK}"\\u001b]0;PWNED" = 1'), "unknown key '\\x1b]0;PWNED'"),
        (experiment(BLOCK).replace('"What?"', '""'), "title: is empty"),
        (experiment(BLOCK).replace("What?", "w" * 2000), "title: has 2000 characters"),
        (experiment(BLOCK) + f'[[skip]]\nreason = "{"r" * 900}"\nwhen = {{ tasks = 1 }}', "skip[0].reason: has 900"),
        (experiment(BLOCK) + '[[skip]]\nreason = "r"\nwhen = {}', "skip[0].when: names no factor"),
        (experiment(f'{BLOCK}variant = "{"v" * 100}"'), "vary[0].variant"),
        (experiment(f'{BLOCK}"Invalid enum value \'x - at `$.claim[0].zzz`" = 1'), "vary[0]: unknown key"),
        (experiment('backend = "call"') + '[baseline]\nbackend = "call"', "no pattern"),
    ],
)
def test_a_hostile_text_ends_in_a_sentence(text: str, said: str) -> None:
    assert said in refused(text)


def test_dots_in_a_title_or_a_comment_are_no_keys() -> None:
    text = experiment(BLOCK).replace('"What?"', f'"What \\" {"." * 40}"  # {"." * 80}')
    assert config.parse_experiment(text, "mine").title.endswith("...")


def test_lists_that_multiply_are_counted_and_not_expanded() -> None:
    block = f"{BLOCK}tasks = {numbers(199, 1)}\nchunksize = {numbers(199)}\nspins = {numbers(199)}\n"
    message = refused(experiment(f'{block}workers = {numbers(199)}\nkernel = "spin"'))
    assert f"its lists multiply to {199**4} cells" in message


def test_the_cells_of_all_experiments_together_have_a_limit() -> None:
    one = experiment(f"{BLOCK}tasks = {numbers(250, 1)}\nchunksize = {numbers(16)}")
    texts = {f"e{index}": one for index in range(5)}
    assert config.experiments_in({name: texts[name] for name in ("e0", "e1", "e2", "e3")})
    with pytest.raises(ConfigError, match="all lists together make 20000 cells"):
        config.experiments_in(texts)


@given(
    st.lists(st.sampled_from([1, 2, 3, "cpus", "curve", "few", "powers", "oversubscribed"]), min_size=1, max_size=4),
    st.lists(st.sampled_from(["every", "fork", "spawn"]), min_size=1, max_size=3),
    st.lists(st.integers(1, 9), min_size=1, max_size=3),
    st.builds(config.Cpus, st.integers(1, 1024), st.none() | st.integers(1, 1024)),
)
def test_no_machine_makes_more_cells_than_were_counted(
    workers: list[int | str], methods: list[str], tasks: list[int], cpus: config.Cpus
) -> None:
    block = f'pattern = "pool_lifecycle"\nbackend = "pool"\nworkers = {workers}\nstart_method = {methods}'
    text = experiment(block) + f"[swept]\ntasks = {tasks}\n"
    try:
        found = config.parse_experiment(text, "mine")
    except ConfigError:  # more cells than any file may ask for
        assume(False)
    view = TargetView(name="t", start_methods=("fork", "forkserver", "spawn"), has_fork=True, has_posix_spawn=True)
    made = sum(len(curve.cells) for curve in expand([found], cpus, [view]).curves)
    assert 0 < made <= limits.cells_at_most(found) < math.inf


@pytest.mark.parametrize("identity", ["Mine", "a.b", "con", "x" * 41, "ä", "a b", "", "-a", "../etc", "a\x1b[2J"])
def test_a_name_that_no_file_of_results_can_have_is_told_before_anything_is_measured(identity: str) -> None:
    assert "rename it" in refused(experiment(BLOCK), identity)


def test_a_name_too_long_beside_its_target_is_told_before_anything_is_measured() -> None:
    found = config.parse_experiment(experiment(BLOCK), "x" * 40)
    for name, fits in (("c" * 15, True), ("c" * 16, False)):
        view = TargetView(name=name, start_methods=(), has_fork=False, has_posix_spawn=False)
        if fits:
            assert expand([found], 1, [view]).curves
        else:
            with pytest.raises(ConfigError, match="too long by 1 letters"):
                expand([found], 1, [view])


@given(st.text(max_size=200))
def test_any_text_is_an_experiment_or_a_sentence(text: str) -> None:
    for whole in (text, experiment(BLOCK) + text, experiment(BLOCK + text)):
        with contextlib.suppress(ConfigError):  # any other error fails the test
            assert config.parse_experiment(whole, "mine").id == "mine"


def write(folder: Path, name: str, text: str | bytes) -> None:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def test_files_of_an_editor_on_windows_are_read_as_any_other(tmp_path: Path) -> None:
    write(tmp_path, "mine.toml", b"\xef\xbb\xbf" + experiment(BLOCK).replace("\n", "\r\n").encode())
    assert config.read_texts(tmp_path) == {"mine": experiment(BLOCK)}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mine.toml", b"title = '\xff'", "mine.toml: line 1: is not UTF-8"),
        ("mine.toml", b"#" * (reading.MOST_BYTES + 1), "mine.toml: is longer than"),
        ("mine.TOML", b"", "write the ending in small letters: mine.toml"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    write(tmp_path, name, content)
    with pytest.raises(ConfigError, match=said):
        config.read_texts(tmp_path)


@pytest.mark.parametrize("kind", ["folder", "link", "fifo"])
def test_what_is_no_file_is_refused_without_being_opened(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "experiments" / "mine.toml"
    place.parent.mkdir()
    if kind == "folder":
        place.mkdir()
    elif kind == "link":
        write(tmp_path, "elsewhere", experiment(BLOCK))
        place.symlink_to(tmp_path / "elsewhere")
    elif hasattr(os, "mkfifo"):
        os.mkfifo(place)  # opening it would wait for ever
    else:
        pytest.skip("this system has no FIFOs")
    with pytest.raises(ConfigError, match=r"mine\.toml: is a folder, a link or a device, not a file"):
        config.read_texts(place.parent)


def test_hidden_files_do_not_count_and_an_empty_folder_or_none_is_told(tmp_path: Path) -> None:
    write(tmp_path, ".#mine.toml", b"\xff")
    with pytest.raises(ConfigError, match=r"no \*\.toml in"):
        config.read_texts(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        config.read_texts(tmp_path / "nowhere")


def test_too_many_files_are_not_read(tmp_path: Path) -> None:
    for index in range(reading.MOST_FILES + 1):
        write(tmp_path, f"e{index}.toml", experiment(BLOCK))
    with pytest.raises(ConfigError, match="257 files; no more than 256"):
        config.read_texts(tmp_path)
