"""A report that is made by several processes is the one that a single process makes, and their faults are told."""

from __future__ import annotations

import gc
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unicodedata import category

import pytest
from markupsafe import Markup

from study import cli, garbage
from study.blocks import Heading, Marked
from study.draw import Drawn
from study.errors import ReportError
from study.report import ahead, beside, csvs, html, pictures, write_report
from study.report.placed import drawn_figures
from study.report.text import fitted
from study.reports import Section
from tests import synthetic_report as synthetic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from study.blocks import Figure

HEADING = Heading(id="h", text="of it")
TWO = pytest.mark.skipif(not beside.spare_cpus(), reason="a second process has no CPU here, or no fork")


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second process pays from a few figures on, so that a small report has one."""
    monkeypatch.setattr(pictures, "MANY", 4)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    with monkeypatch.context() as patched:
        patched.setattr(beside, "spare_cpus", lambda: 0)
        patched.setattr(pictures, "spare_cpus", lambda: 0)
        yield patched


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def on_screen(figures: Iterable[Figure]) -> list[tuple[Figure, None]]:
    """Of none of them paper has a picture."""
    return [(figure, None) for figure in figures]


@TWO
def test_a_report_of_several_processes_is_that_of_one(tmp_path: Path, alone: pytest.MonkeyPatch) -> None:
    report = synthetic.long_report()
    assert len(drawn_figures(report)) >= pictures.MANY
    write_report(report, out=tmp_path / "one")
    alone.undo()
    write_report(report, out=tmp_path / "several")
    with ahead() as drawing:
        for section in report.sections:
            drawing.section(section)
        write_report(report, out=tmp_path / "ahead", drawing=drawing)
    assert files(tmp_path / "one") == files(tmp_path / "several") == files(tmp_path / "ahead")


@TWO
def test_pictures_of_sections_are_drawn_elsewhere_while_others_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn_by: list[int] = []

    def drawn(_: object) -> Drawn | str:
        return str(os.getpid())

    monkeypatch.setattr(pictures, "draw_for_screen", drawn)
    report = synthetic.long_report()
    with ahead() as drawing:
        for section in report.sections:
            drawing.section(section)
        drawn_by += [int(str(said)) for said in drawing.all_of(on_screen(drawn_figures(report)))()]
    assert os.getpid() not in drawn_by
    assert len(drawn_by) == len(drawn_figures(report))


@TWO
def test_a_figure_that_is_another_by_now_is_drawn_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "draw_for_screen", lambda figure: f"{figure.title}, {os.getpid()}")
    report = synthetic.long_report()
    figures = drawn_figures(report)
    changed = [replace(figures[0], title="another"), *figures[1:]]
    with ahead() as drawing:
        for section in report.sections:
            drawing.section(section)
        assert drawing.all_of(on_screen(changed))()[0] == f"another, {os.getpid()}"


def test_few_figures_are_drawn_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "draw_for_screen", lambda _: str(os.getpid()))
    monkeypatch.setattr(pictures, "MANY", 1000)
    report = synthetic.long_report()
    drawing = ahead()
    for section in report.sections:
        drawing.section(section)
    assert set(drawing.all_of(on_screen(drawn_figures(report)))()) == {str(os.getpid())}


@TWO
def test_who_draws_is_begun_before_there_is_anything_to_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """What draws is loaded there while runs are read here, so that even a single figure is best drawn there."""
    monkeypatch.setattr(pictures, "draw_for_screen", lambda _: str(os.getpid()))
    monkeypatch.setattr(pictures, "MANY", 1000)
    figure = drawn_figures(synthetic.long_report())[0]
    with ahead() as drawing:
        begun = {child.pid for child in multiprocessing.active_children()}
        drawing.section(Section(id="a", name="A", title="A", blocks=(figure,)))
        (by,) = drawing.all_of(on_screen([figure]))()
    assert int(str(by)) in begun


@TWO
def test_an_interrupt_of_all_processes_is_heard_by_the_one_that_writes_the_report() -> None:
    """Who draws would end with a traceback, and leave the others waiting."""
    figure = drawn_figures(synthetic.long_report())[0]
    with ahead() as drawing:
        for child in multiprocessing.active_children():
            os.kill(child.pid or 0, signal.SIGINT)
        drawing.section(Section(id="a", name="A", title="A", blocks=(figure,)))
        assert isinstance(drawing.all_of(on_screen([figure]))()[0], Drawn)
    with pytest.raises(KeyboardInterrupt), ahead():  # noqa: PT012 - it comes at the end of the block at the latest
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(10.0)
    assert not multiprocessing.active_children()


def test_who_draws_has_loaded_what_draws() -> None:
    code = "import sys, study.draw as draw; m = 'study.draw.ink'; a = m in sys.modules; draw.ready(); "
    code += "sys.exit(a or m not in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=cli.ROOT)


def test_who_draws_writes_shapes_itself_and_needs_neither_figures_nor_renderers_of_matplotlib() -> None:
    code = "import sys, study.draw as draw, tests.synthetic_report as made; draw.ready(); "
    code += (
        "assert draw.draw(made.rows_panel('a')).paper; loaded = {'figure', 'backend_bases', 'backends.backend_svg'}; "
    )
    code += "sys.exit(any(f'matplotlib.{name}' in sys.modules for name in loaded))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=cli.ROOT)


def test_without_a_second_cpu_nobody_is_begun(alone: pytest.MonkeyPatch) -> None:
    del alone
    with ahead() as drawing:
        figures = drawn_figures(synthetic.long_report())[:1]
        assert isinstance(drawing.all_of(on_screen(figures))()[0], Drawn)
        assert not multiprocessing.active_children()


@TWO
def test_the_page_is_written_by_another_process_than_the_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, numbers = html.page, csvs.files

    def told(what: str, made: Any) -> Any:
        (tmp_path / what).write_text(str(os.getpid()), encoding="ascii")
        return made()

    monkeypatch.setattr(html, "page", lambda *args: told("page", lambda: page(*args)))
    monkeypatch.setattr(csvs, "files", lambda *args: told("numbers", lambda: numbers(*args)))
    write_report(synthetic.long_report(), out=tmp_path / "report")
    assert (tmp_path / "numbers").read_text(encoding="ascii") == str(os.getpid())
    assert (tmp_path / "page").read_text(encoding="ascii") != str(os.getpid())


@pytest.mark.parametrize("pays", [True, False])
def test_work_is_done_at_the_end_of_the_block_whoever_does_it(tmp_path: Path, *, pays: bool) -> None:
    with beside.beside("a file", (tmp_path / "made").touch, pays=pays):
        pass
    assert (tmp_path / "made").exists()


@pytest.mark.parametrize("pays", [True, False])
def test_the_error_of_the_work_is_raised_where_it_was_asked_for(*, pays: bool) -> None:
    def work() -> None:
        raise ReportError("the template is wrong")

    with pytest.raises(ReportError, match="the template is wrong"), beside.beside("a file", work, pays=pays):
        pass


@TWO
def test_a_process_that_is_ended_is_told_as_such() -> None:
    def work() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with (
        pytest.raises(ReportError, match="the page could not be made: its process was ended"),
        beside.beside("the page", work, pays=True),
    ):
        pass


@TWO
def test_what_is_done_beside_ends_with_the_block_that_fails(tmp_path: Path) -> None:
    def work() -> None:
        signal.pause()
        (tmp_path / "made").touch()

    def fails() -> None:
        raise KeyError("here")

    with pytest.raises(KeyError, match="here"), beside.beside("a file", work, pays=True):
        fails()
    assert not (tmp_path / "made").exists()


def test_garbage_is_collected_again_after_a_report() -> None:
    with garbage.left():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_made_for_a_report_is_not_looked_through_after_it() -> None:
    looked: list[str] = []
    frozen = gc.get_freeze_count()
    with garbage.left():
        made = [[number] for number in range(50_000)]
        gc.callbacks.append(lambda phase, _: looked.append(phase))
    after = [[number] for number in range(100)]
    gc.callbacks.pop()
    assert len(made) > len(after)
    assert looked == []
    assert gc.get_freeze_count() == frozen


def test_what_a_process_holds_at_its_end_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "main", lambda: 3)
    monkeypatch.setattr(sys, "stdout", None)
    try:
        with pytest.raises(SystemExit) as ended:
            runpy.run_module("study", run_name="__main__")
        assert (ended.value.code, gc.get_freeze_count() > 0) == (3, True)
    finally:
        gc.unfreeze()


def test_what_is_fit_stays_what_it_is_and_what_holds_unfit_text_is_made_anew() -> None:
    fit_one = Section(id="a", name="A", title=Marked("`a` text"), blocks=())
    assert fitted(fit_one) is fit_one
    unfit = Section(id="a", name="A\x07", title=Marked("`a` text"), blocks=())
    made = fitted((fit_one, unfit))
    assert made[0] is fit_one
    assert (made[1].name, type(made[1].title)) == ("A\ufffd", Marked)


def test_what_is_listed_of_the_files_is_what_is_written() -> None:
    report = synthetic.report()
    figures = drawn_figures(report)
    files = csvs.files(report, figures)
    listed = csvs.listed(report, figures)
    assert [path for path, _ in listed] == [path for path, _ in csvs.written(report, files)]
    assert all(told.startswith(about) for (_, told), (about, _) in zip(listed, files.values(), strict=True))


def test_a_text_that_calls_itself_safe_becomes_a_plain_one() -> None:
    assert type(fitted(Markup("<b>"))) is str
    plain, row, heading = fitted(("<b>", {Markup("<b>"): Markup("<b>")}, replace(HEADING, text=Markup("<b>"))))
    assert (plain, row, heading.text) == ("<b>", {"<b>": "<b>"}, "<b>")
    assert {type(text) for text in (*row, *row.values(), heading.text)} == {str}


def test_every_character_that_is_not_seen_is_looked_for_in_numbers() -> None:
    """Signs of formulas hide behind them; the places that are looked at are those of this Python's Unicode."""
    unseen = [chr(code) for code in range(sys.maxunicode + 1) if category(chr(code)) in csvs.UNSEEN]
    assert csvs.text_of([{"a": f"{character}=1"} for character in unseen]).count("'=1") == len(unseen)
