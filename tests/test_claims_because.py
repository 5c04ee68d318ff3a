"""A threshold is printed with every verdict, with the reason why it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from study.config import Claim, parse_claims, with_reasons
from study.errors import StudyError
from study.sections.claims import needed
from study.units import threshold

ROOT = Path(__file__).parent.parent
CLAIMS = parse_claims((ROOT / "experiments" / "claims.toml").read_text(encoding="utf-8"))
TEXT = """schema = 1
[[claim]]
id = "c"
question = "Q1"
statement = "s"
estimand = "ratio"
of = { pattern = "map", kernel = "square", tasks = 5 }
to = { pattern = "map", kernel = "square", tasks = 6 }
direction = "above"
threshold = 1.0
finding = "It takes {ratio} as long"
"""


def claim(text: str) -> Claim:
    (parsed,) = parse_claims(text)
    return parsed


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_every_threshold_has_its_reason(claim: Claim) -> None:
    assert claim.is_neutral != bool(claim.because)
    assert claim.because[:1] != claim.because[:1].upper() or not claim.because
    assert not claim.because.endswith(".")


def test_what_is_needed_is_said_with_its_reason() -> None:
    because = TEXT.replace("threshold = 1.0", 'threshold = 1.1\nbecause = "a tenth is what one would notice"')
    assert needed(claim(because), "ratio") == "above 1.1 times, a tenth is what one would notice"
    assert needed(claim(TEXT), "ratio") == "above 1, where there is no difference at all"
    assert needed(claim(TEXT.replace("threshold = 1.0", "threshold = 1.1")), "ratio") == "above 1.1 times"


def test_what_always_happens_needs_every_trial() -> None:
    lifecycle = 'of = { pattern = "process_lifecycle", backend = "threads", part = "start" }'
    text = f"""schema = 1
[[claim]]
id = "c"
question = "Q1"
statement = "s"
estimand = "proportion"
{lifecycle}
outcome = "child_change_seen"
direction = "always"
finding = "in {{count}} of {{trials}}"
"""
    assert needed(claim(text), "share") == "always: one counterexample refutes it"


def test_equal_needs_no_reason_in_the_file() -> None:
    with pytest.raises(StudyError, match="because"):
        claim(TEXT.replace("threshold = 1.0", 'because = "it is"'))


def test_a_threshold_has_the_decimals_it_was_typed_with() -> None:
    found = [threshold(*typed) for typed in ((1.05, "ratio"), (0.75, "share"), (33554432, "byte"), (1.5, "count"))]
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in found] == ["1.05 times", "75 %", "32 MiB", "1.5"]


def test_a_threshold_without_a_reason_is_refused_before_anything_is_measured() -> None:
    bare = parse_claims(TEXT.replace("threshold = 1.0", "threshold = 1.1"))
    with pytest.raises(StudyError, match=r"claim\[0\] \(c\)\.because: the threshold 1\.1 has no reason"):
        with_reasons(bare)
    further = TEXT + (
        '[[claim.also]]\nestimand = "ratio"\nof = { pattern = "map", kernel = "square", tasks = 7 }\n'
        'to = { pattern = "map", kernel = "square", tasks = 8 }\ndirection = "below"\nthreshold = 0.5\nfinding = "{ratio}"\n'
    )
    with pytest.raises(StudyError, match=r"also\[0\]\.because: the threshold 0\.5 has no reason"):
        with_reasons(parse_claims(further))
    assert with_reasons(CLAIMS) == CLAIMS
