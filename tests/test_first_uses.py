"""The glossary, and the links to it: each entry from its first use in the running text, from no other and from no code."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from study.blocks import Folded, Heading, Marked, Prose, Terms
from study.report import write_report
from study.report.first_uses import FirstUses, place_of
from study.report.text import prose
from study.reports import Report, Section
from study.sections import glossary
from tests import synthetic_report as synthetic
from tests.page import Page

if TYPE_CHECKING:
    from pathlib import Path

    from study.blocks import Block

WORDS = Terms(
    items=(("start method", "how"), ("GIL", "a <lock>"), ("chunk", "several"), ("fork", "a copy"), ("start()", "asks")),
    uses=(("start methods", "start method"), ("GIL",), ("chunk size", "chunks", "chunk"), ("fork",), ("start()",)),
    form="definitions",
)


def report(*texts: str, words: Terms = WORDS) -> Report:
    blocks: tuple[Block, ...] = (*(Prose(text=text) for text in texts), Folded(title="All", blocks=(words,)))
    return Report(
        title="t", about="", badges=(), finished="", sections=(Section(id="s", name="s", title="s", blocks=blocks),)
    )


def led(*texts: str) -> list[str]:
    """What is written for these texts, one after the other."""
    uses = FirstUses(report())
    return [str(uses(text)) for text in texts]


def link(term: str, said: str, means: str) -> str:
    return f'<a class="term" href="#{place_of(term)}" title="{means}">{said}</a>'


def test_the_first_use_of_an_entry_is_a_link_that_says_what_it_means_and_no_later_one_is() -> None:
    first, second = led("Chunks under fork, chunk by chunk.", "A chunk size, fork, and the GIL.")
    assert first == f"{link('chunk', 'Chunks', 'several')} under {link('fork', 'fork', 'a copy')}, chunk by chunk."
    assert second == f"A chunk size, fork, and the {link('GIL', 'GIL', 'a &lt;lock&gt;')}."


def test_the_longest_word_is_taken_and_no_part_of_another_word() -> None:
    (said,) = led("forkserver, pre-fork, fork-safe, a fork() and start methods")
    assert said == f"forkserver, pre-fork, fork-safe, a fork() and {link('start method', 'start methods', 'how')}"


def test_code_is_no_first_use_but_a_call_in_words_is() -> None:
    (said,) = led(Marked("`start()` and `fork`: start() comes back"))
    assert said == f"<code>start()</code> and <code>fork</code>: {link('start()', 'start()', 'asks')} comes back"


def test_what_is_not_shown_is_no_first_use() -> None:
    uses = FirstUses(report())
    assert uses.begin("hidden") == ""
    assert uses.begin("fold") == ""
    assert uses("fork") == "fork"
    assert uses.end() == uses.end() == ""
    assert uses("fork") == link("fork", "fork", "a copy")


def test_what_is_led_to_from_a_fold_is_led_to_from_the_open_text_once_more_and_not_the_other_way_round() -> None:
    uses = FirstUses(report())
    uses.begin("fold")
    folded = [str(uses(text)) for text in ("fork", "fork")]
    uses.end()
    shown = [str(uses(text)) for text in ("fork and the GIL", "fork")]
    uses.begin("fold")
    assert folded == [link("fork", "fork", "a copy"), "fork"]
    assert shown == [f"{link('fork', 'fork', 'a copy')} and the {link('GIL', 'GIL', 'a &lt;lock&gt;')}", "fork"]
    assert uses("the GIL under fork") == "the GIL under fork"


@pytest.mark.parametrize(
    "text", ["<b>1.6 ms [1.5, 1.7]</b> & more", Marked("`<i>` and 3 ms"), 'a "quoted" \u202e word', ""]
)
def test_text_without_an_entry_is_written_as_any_other(text: str) -> None:
    assert FirstUses(report())(text) == prose(text)


def test_a_report_without_a_glossary_leads_nowhere() -> None:
    bare = report(words=Terms(items=(("fork", "a copy"),), form="definitions"))
    assert FirstUses(bare)("fork") == "fork"


def test_in_the_page_every_link_leads_to_its_entry_and_each_entry_has_one_at_most(tmp_path: Path) -> None:
    made = report("Under fork the GIL.", "fork, and a chunk.", "None.")
    write_report(replace(synthetic.report(), sections=made.sections), out=tmp_path)
    page = Page(tmp_path)
    links = re.findall(r'<a class="term" href="#([^"]+)"', page.text)
    assert links == ["term-fork", "term-gil", "term-chunk"]
    entries = re.findall(r'<dt id="([^"]+)"', page.text)
    assert entries == [place_of(term) for term, _ in WORDS.items]


# The glossary itself


def lists() -> list[Terms]:
    (fold,) = glossary.section(None).blocks  # type: ignore[arg-type]
    assert isinstance(fold, Folded)
    headings = [block for block in fold.blocks if isinstance(block, Heading)]
    found = [block for block in fold.blocks if isinstance(block, Terms)]
    assert len(headings) == len(found) == 2
    return found


def test_each_list_stands_by_the_alphabet_and_no_entry_twice() -> None:
    for words in lists():
        names = [term.lower() for term, _ in words.items]
        assert names == sorted(names)
        assert len(words.uses) == len(words.items)
    places = [place_of(term) for words in lists() for term, _ in words.items]
    assert len(set(places)) == len(places)


def test_words_of_other_meanings_lead_to_no_entry_of_that_name() -> None:
    uses = FirstUses(report(words=lists()[0])), FirstUses(report(words=lists()[1]))
    text = "A message takes 76 µs between processes. Hashing a large buffer lets go."
    assert all(
        "The part of the variance" not in str(use(text)) and "what it prints" not in str(use(text)) for use in uses
    )


def test_no_two_entries_claim_one_word() -> None:
    used = list(chain.from_iterable(words for terms in lists() for words in terms.uses))
    assert len(set(used)) == len(used)


@pytest.mark.parametrize(
    "term",
    ["process", "thread", "CPU", "pool", "executor", "pickling", "pipe", "start()", "join()", "buffer of output", "free-threaded",
     "CPython", "lock", "shared memory", "CPU time",
     "interpreter", "fork", "forkserver", "spawn", "fannkuch", "n-body", "STREAM triad", "SHA-256", "break-even", "overhead",
     "KiB, MiB", "copy on write", "switch interval", "Karp–Flatt", "interval", "supported", "refuted", "METG", "PSS"],
)  # fmt: skip
def test_what_a_student_asks_for_is_there_in_a_sentence(term: str) -> None:
    means = dict(chain.from_iterable(terms.items for terms in lists()))
    assert means[term].endswith(".")
    assert len(means[term]) < 260


def test_what_this_study_calls_its_work_is_explained() -> None:
    """Every kernel that stands on the first screen or in the answers has its entry, by the beginning of its words."""
    from study.things import KERNELS
    from study.things.kernels import FANNKUCH, SHA256_8MIB

    terms = [term for words in lists() for term, _ in words.items]
    for kernel in (FANNKUCH, SHA256_8MIB):
        assert [term for term in terms if KERNELS[kernel.name].words.startswith(term)]
