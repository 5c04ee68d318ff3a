"""Claims that nothing measured can decide, or that contradict themselves, are told before anything is measured."""

from __future__ import annotations

from typing import Any

import pytest

from study import config
from study.curves import unmeasured
from study.errors import ConfigError

LIVES = '{ pattern = "process_lifecycle", backend = "threads", part = "start" }'
LOOP = '{ pattern = "map", backend = "call", tasks = 8 }'
POOL = '{ pattern = "map", backend = "pool", start_method = "fork", workers = "cpus", tasks = 8 }'
PEER = '{ pattern = "map", backend = "loky", workers = "cpus", tasks = 8 }'
PLAIN: dict[str, dict[str, Any]] = {
    "proportion": {"of": LIVES, "outcome": "child_change_seen", "direction": "always", "finding": "{count}"},
    "value": {"of": LOOP, "outcome": "cpu_time_us", "per": "elapsed_us", "direction": "above", "finding": "{value}"},
    "ratio": {"of": LOOP, "to": POOL, "direction": "above", "finding": "{ratio}"},
}


def claims(estimand: str, *ids: str, **keys: object) -> str:
    given = {"question": "Q1", "statement": "s", "estimand": estimand, **PLAIN[estimand], **keys}
    lines = [f"{name} = {word}" if str(word)[:1] in "{0" and name != "finding" else f'{name} = "{word}"'
             for name, word in given.items()]  # fmt: skip
    return "schema = 1\n" + "".join("\n".join(["[[claim]]", f'id = "{one}"', *lines, ""]) for one in ids or ("mine",))


@pytest.mark.parametrize("estimand", PLAIN)
def test_a_plain_claim_passes(estimand: str) -> None:
    assert unmeasured(config.parse_claims(claims(estimand)), [], 2) == ("mine",)


@pytest.mark.parametrize(
    ("estimand", "keys", "said"),
    [
        ("proportion", {"outcome": "child_changes_seen"}, r"mine\.outcome: .*did you mean 'child_change_seen'"),
        (
            "proportion",
            {"per": "elapsed_us"},
            r"mine\.per: 'elapsed_us' is no count of 'process_lifecycle .*it counts tri",
        ),
        (
            "proportion",
            {"of": '{ pattern = "process_lifecycle", backend = "os_fork", part = "join" }'},
            "it counts trials",
        ),
        ("ratio", {"to": POOL.replace("8", "16")}, "maps of different numbers of tasks; say per_task = true"),
        ("value", {"of": PEER}, r"mine\.outcome: 'cpu_time_us' is no count of .*it counts nothing"),
        ("value", {"of": '{ pattern = "pickling", backend = "call", part = "dumps" }'}, "it counts nothing"),
    ],
)
def test_what_no_cell_of_the_kind_counts_is_refused(estimand: str, keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        unmeasured(config.parse_claims(claims(estimand, **keys)), [], 2)


@pytest.mark.parametrize(
    ("estimand", "keys", "said"),
    [
        ("proportion", {"threshold": 1.5e-1}, "'always' has no threshold"),
        ("ratio", {"per": "elapsed_us"}, "'per' is for counts"),
        ("ratio", {"to": LOOP}, "the same cell"),
        ("ratio", {"finding": "It is faster."}, r"finding: says no number; possible: \{of\}"),
    ],
)
def test_a_claim_that_contradicts_itself_is_refused(estimand: str, keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        config.parse_claims(claims(estimand, **keys))


def test_ids_that_differ_in_capitals_alone_are_one() -> None:
    with pytest.raises(ConfigError, match="this id was used before"):
        config.parse_claims(claims("ratio", "mine", "Mine"))
