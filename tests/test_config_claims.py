"""Claims are filled in once when they are read: whatever a report could not say or decide is told with file and key."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import config
from study.config.claims import MOST_CLAIMS, RANGES
from study.config.sentences import NAMES, NUMBER, filled, tried
from study.errors import ConfigError
from tests.configs import CLAIM, TO, stored_configs

RATIO = CLAIM.replace("{of} {to} {ratio}", "FINDING")
VALUE = RATIO.replace('"ratio"', '"value"').replace(TO, "")
SHARE = RATIO.replace('"ratio"', '"proportion"').replace(TO, 'outcome = "in_order"').replace('"above"', '"always"')
DIFFERENCE = RATIO.replace('"ratio"', '"difference"')
TEXTS = {"ratio": RATIO, "value": VALUE, "proportion": SHARE, "difference": DIFFERENCE}


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config.parse_claims(text)
    message = str(caught.value)
    assert message.startswith("experiments/claims.toml: claim[0]")
    assert message.isprintable()
    return message


@pytest.mark.parametrize("estimand", TEXTS)
@pytest.mark.parametrize(
    "finding",
    [
        "{", "}", "a { b", "{}", "{ }", "{{of}}", "{ratio:.2f}", "{value:>1500000000}", "{of.x}", "{of.__class__}", "{of[0]}",
        "{ratio!r}", "{Ratio}", "{ratio }", "{0}", "{share:%}", "{unknown}", "{of", "to}", "{\\u001b[2J}", "{value}{",
    ],
)  # fmt: skip
def test_braces_that_hold_anything_but_a_name_are_refused(estimand: str, finding: str) -> None:
    message = refused(TEXTS[estimand].replace("FINDING", finding))
    assert "claim[0] (one).finding: " in message
    for name in NAMES[estimand]:
        assert f"{{{name}}}" in message


@pytest.mark.parametrize("estimand", TEXTS)
def test_a_finding_may_hold_the_names_of_its_estimand_and_no_others(estimand: str) -> None:
    every = {name for names in NAMES.values() for name in names}
    for name in every:
        text = TEXTS[estimand].replace("FINDING", f"It is {{{name}}}, %s $x$ 100 %")
        if name in NAMES[estimand]:
            assert config.parse_claims(text)[0].finding.startswith("It is {")
        else:
            assert f"{{{name}}}" in refused(text)


@given(st.text(), st.dictionaries(st.sampled_from(sorted(NAMES["ratio"])), st.text(), min_size=1))
def test_what_is_filled_in_is_never_read_again_as_a_sentence(text: str, words: dict[str, str]) -> None:
    plain = text.replace("{", "").replace("}", "")
    finding = plain + "".join(f"{{{name}}}" for name in words)
    assert filled(finding, words) == plain + "".join(words.values())


@given(st.text(alphabet="{}ofratio.:[]!<1", max_size=30))
def test_any_sentence_is_filled_in_or_refused(finding: str) -> None:
    if set(re.sub(r"\{(of|to|ratio)\}", "", finding)) & set("{}"):
        with pytest.raises(ValueError, match=r"\{of\}, \{to\}, \{ratio\}"):
            tried(finding, "ratio")
    else:
        assert not set(tried(finding, "ratio")) & set("{}")


@pytest.mark.parametrize(
    ("estimand", "threshold", "is_good"),
    [
        *[
            (estimand, bad, False)
            for estimand in TEXTS
            for bad in ("nan", "inf", "-inf", "1e308", "-1e308", "true", '"1"')
        ],
        ("ratio", "0.0", False),
        ("ratio", "-1.0", False),
        ("ratio", "1e-320", False),
        ("ratio", "20000", True),
        ("proportion", "-0.1", False),
        ("proportion", "1.1", False),
        ("proportion", "0.5", True),
        ("value", "-1.0", False),
        ("value", "1.5", True),
        ("difference", "-0.5", True),
        ("difference", "1e7", False),
        ("ratio", "1" + "0" * 400, False),
    ],
)
def test_a_threshold_is_a_number_that_its_estimand_can_have(estimand: str, threshold: str, is_good: bool) -> None:
    text = TEXTS[estimand].replace("FINDING", f"{{{NAMES[estimand][0]}}}").replace('"always"', '"above"')
    text = text.replace("direction", f"threshold = {threshold}\ndirection", 1)
    if is_good:
        assert config.parse_claims(text)[0].threshold == float(threshold)
    else:
        assert "threshold" in refused(text)


def test_a_difference_of_bytes_may_be_large_and_bytes_are_not_set_against_seconds() -> None:
    memory = '{ pattern = "memory", backend = "pool", start_method = "METHOD", workers = 2, part = "pss" }'
    spawn, fork = memory.replace("METHOD", "spawn"), memory.replace("METHOD", "fork")
    text = DIFFERENCE.replace("FINDING", "{of}").replace("direction", "threshold = 1e9\ndirection", 1)
    both = text.replace('{ pattern = "map", backend = "call" }', spawn)
    assert "in seconds, the other in bytes" in refused(both)
    assert config.parse_claims(both.replace(TO, f"to = {fork}"))


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('id = "one"', 'id = "o ne"', "claim[0].id"),
        ('id = "one"', f'id = "{"o" * 100}"', "claim[0].id"),
        ('statement = "s"', 'statement = " "', "statement: is empty"),
        ('statement = "s"', f'statement = "{"s" * 600}"', "statement: has 600 characters"),
        ('statement = "s"', f'statement = "s"\nscope = "{"s" * 600}"', "scope: has 600 characters"),
        ('"FINDING"', f'"{"f" * 600}"', "finding: has 600 characters"),
        ('"FINDING"', '""', "finding: is empty"),
        ('backend = "call" }', 'backend = "call", tasks = "lots" }', "of.tasks: 'lots' is not one of 'balanced'"),
        ('backend = "call" }', 'backend = "call", kernel = 3 }', "of.kernel: 3 is not one of"),
        ('backend = "call" }', 'backend = "call", tasks = 1000000000000 }', "of.tasks: 1000000000000 is too large"),
        ('backend = "call" }', 'backend = "call", tasks = true }', "of"),
        ('backend = "call" }', 'backend = "call", variant = "a b" }', "of.variant: 'a b' is not a word"),
        ('backend = "call" }', 'backend = "call", api = "impa" }', "did you mean 'imap'"),
        ('backend = "call" }', 'backend = "call", label = 1 }', "of.label"),
        ('backend = "call" }', 'backend = "call", part = "totl" }', "of.part: 'totl' is not one of 'total'"),
        ('pattern = "map", backend = "call"', "", "of: no pattern"),
        ('workers = "cpus"', 'workers = "curve"', "to.workers: 'curve' is more than one cell"),
        ('start_method = "fork"', 'start_method = "every"', "to.start_method: 'every' is more than one cell"),
        (TO, f'{TO}\noutcome = "trials"', "'outcome' is for values and proportions"),
        ('estimand = "ratio"', 'estimand = "value"', "of one cell; leave 'to' out"),
    ],
)
def test_a_mistake_in_a_claim_is_told_with_its_key(line: str, instead: str, said: str) -> None:
    assert said in refused(RATIO.replace(line, instead, 1).replace("FINDING", "{ratio}"))


def test_too_many_claims_are_not_read() -> None:
    one = RATIO.replace("FINDING", "x").replace("\nschema = 1\n", "\n")
    every = "schema = 1\n" + "".join(one.replace('"one"', f'"c{index}"') for index in range(MOST_CLAIMS + 1))
    with pytest.raises(ConfigError, match=r"513 claims; 512 at most|longer than"):
        config.parse_claims(every)


def test_every_estimand_has_its_names_and_its_range() -> None:
    assert set(NAMES) == set(NUMBER) == set(RANGES) == set(TEXTS)
    assert all(NUMBER[estimand] in names for estimand, names in NAMES.items())


def test_the_claims_of_every_stored_run_can_still_be_read() -> None:
    stored = stored_configs()
    assert stored
    for texts in stored:
        assert config.claims_in(texts)
        assert config.experiments_in(texts)
