"""What hinders an answer, in sentences: what was named wrongly, and what the reader's own code does."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from study.errors import StudyError, UsageError, printable
from study.targets.items import no_file, no_json, not_without
from study.units import count, duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from study.advise.asking import Heard
    from study.advise.wish import AdviseWish

ALIKE = 0.7
"""Names that share so much of their letters are taken for each other by a slip."""
GUARD = 'if __name__ == "__main__":'


class FunctionError(StudyError):
    """The reader's own code fails, ends the process or never returns."""

    exit_code = 2


def check(heard: Heard, wish: AdviseWish) -> Mapping[str, Any]:
    """What a part found.

    Raises
    ------
    UsageError
        if what was named is not there, or cannot be used like this: how to name or write it.
    FunctionError
        if the reader's code is at fault: at which item, and what it said.
    """
    if heard.refused is not None:
        raise _refusal(heard.refused, wish)
    if heard.done is not None:
        return heard.done
    raise _cut_off(heard, wish)


def _refusal(facts: Mapping[str, Any], wish: AdviseWish) -> StudyError:
    what = str(facts.get("what"))
    if what in _NAMED:
        return UsageError(_NAMED[what](facts, wish))
    if what in _FAILED:
        return FunctionError(_FAILED[what](facts, wish))
    return FunctionError(f"{wish.function} cannot be measured: {_text(facts, 'what')} {_text(facts, 'last')}")


def _cut_off(heard: Heard, wish: AdviseWish) -> FunctionError:
    """What is told of a part that ended without an answer, by how far it came."""
    place = _STEPS.get(heard.begun, "while {function} was measured").replace("{function}", wish.function)
    place = place.replace("{module}", wish.module)
    if heard.at >= 0:
        place = f"in a call of {wish.function} with item {count(heard.at)}"
    outcome = heard.outcome
    if outcome.state == "timed out":
        more = f"--budget {max(1, round(4 * wish.budget_s))}s"
        return FunctionError(
            f"nothing has returned after {duration(heard.deadline_s)}, {place}; it was ended, with all it had started."
            f" If it does return in the end, give it more time with {more}; if it waits for input or for another process,"
            " it cannot be measured like this"
        )
    if outcome.state == "ok":
        return FunctionError(
            f"the process ended itself {place}, with exit code 0 and without a word (os._exit?): a function that is"
            " measured, or given to a pool, has to return"
        )
    return FunctionError(f"the process ended {place}: {printable(outcome.reason)}")


_STEPS = {
    "": "before the probe began",
    "import": "while {module} was imported",
    "function": "while {function} was looked for",
    "items": "while the items were made",
    "first": "beside the calls of {function}",
}
"""The step that was begun last -> where it ended. A text, not a format: what is named comes from elsewhere."""


def _text(facts: Mapping[str, Any], name: str, longest: int = 300) -> str:
    """A fact as text that can be shown."""
    return printable(str(facts.get(name, "")), longest)


def _near(facts: Mapping[str, Any]) -> str:
    """What is named like it, or what there is."""
    there = [printable(str(name), 60) for name in facts.get("there", ())]
    near = difflib.get_close_matches(_text(facts, "part", 60), there, n=3, cutoff=ALIKE)
    if near:
        return f"is it {' or '.join(near)}?"
    return f"there are {', '.join(there[:12])}" if there else "there is nothing public in it"


def _where(facts: Mapping[str, Any]) -> str:
    place = _text(facts, "place", 100)
    return f" ({place})" if place else ""


def _no_module(facts: Mapping[str, Any], wish: AdviseWish) -> str:
    return (
        f"there is no module {_text(facts, 'module', 80)!r} in {printable(str(wish.folder))} nor in the environment of the"
        " interpreter: name it as `import` would, the folder with --folder, another interpreter with --python"
    )


def _no_name(facts: Mapping[str, Any], wish: AdviseWish) -> str:
    del wish
    return f"{_text(facts, 'module', 80)} has no {_text(facts, 'name', 80)!r}: {_near(facts)}"


def _does_not_fit(facts: Mapping[str, Any], wish: AdviseWish) -> str:
    taken = f"{wish.function}{_text(facts, 'signature', 100)}"
    if facts.get("unbound"):
        return (
            f"{taken} is a method and gets no object here: name a function of the module that makes or finds the object,"
            " such as `def work(item): return Thing().method(item)`"
        )
    if facts.get("repeated"):
        return not_without(wish.function, _text(facts, "signature", 100))
    return (
        f"{taken} cannot be called with one item such as {_text(facts, 'item', 60)}: {_text(facts, 'last', 100)}."
        " Write a function of one argument; several travel as a tuple, `def work(item): first, second = item`"
    )


def _items_failed(facts: Mapping[str, Any], wish: AdviseWish) -> str:
    del wish
    where = f" at item {count(facts['item'])}" if isinstance(facts.get("item"), int) else ""
    return f"{_text(facts, 'name', 80)} gives no items{where}: {_text(facts, 'last')}; a list, or a function that returns one"


_NAMED: Mapping[str, Callable[[Mapping[str, Any], AdviseWish], str]] = {
    "no module": _no_module,
    "no name": _no_name,
    "does not fit": _does_not_fit,
    "not callable": lambda facts, wish: f"{wish.function} is no function but of type {_text(facts, 'kind', 60)}",
    "no items": lambda _, wish: (
        f"there are no items for {wish.function}: its list is empty. With an item or more there is something to measure"
    ),
    "too many items": lambda facts, _: (
        f"there are more than {count(facts.get('most'))} items, or they never end: give some thousands of them that stand"
        " for all"
    ),
    "no json": lambda facts, wish: no_json(wish.items_file, _text(facts, "line"), _text(facts, "last")),
    "no file": lambda facts, wish: no_file(wish.items_file, _text(facts, "last")),
    "items failed": _items_failed,
    "async": lambda _, wish: (
        f"{wish.function} is async: calling it does no work yet. Name a plain function, such as"
        " `def work(item): return asyncio.run(fetch(item))`"
    ),
    "generator": lambda _, wish: (
        f"{wish.function} is a generator: calling it does no work yet, and what it returns cannot be sent. Name a function"
        " that returns a list of what it yields"
    ),
}
"""Kind of refusal -> the sentence of what was named or written wrongly."""

_FAILED: Mapping[str, Callable[[Mapping[str, Any], AdviseWish], str]] = {
    "import failed": lambda facts, _: (
        f"{_text(facts, 'module', 80)} cannot be imported: {_text(facts, 'last')}{_where(facts)}"
    ),
    "import ends": lambda facts, _: (
        f"importing {_text(facts, 'module', 80)} ends the program ({_text(facts, 'last', 100)}): put what it runs under"
        f" `{GUARD}`, as every process that is started anew imports it again"
    ),
    "raised": lambda facts, wish: (
        f"{wish.function} {'ends the program' if facts.get('ends') else 'raises'} at item {count(facts.get('item'))}"
        f" ({_text(facts, 'shown', 60)}): {_text(facts, 'last')}{_where(facts)}"
    ),
    "raised in worker": lambda facts, wish: (
        f"{wish.function} works in this process and not in a worker process: {_text(facts, 'last')}{_where(facts)}"
    ),
    "worker ended": lambda facts, wish: (
        f"a worker process ended in the middle of {wish.function} (exit code {_text(facts, 'code', 20)}): a pool would wait"
        " for its answer for ever"
    ),
    "cannot be sent": lambda facts, wish: (
        f"some items or results of {wish.function} cannot be sent to another process, though the first can:"
        f" {_text(facts, 'last')}."
        " Make them all of what can be sent (numbers, texts, bytes, paths)"
    ),
    "way failed": lambda facts, wish: (
        f"{wish.function} fails when it is run this way: {_text(facts, 'last')}{_where(facts)}"
    ),
}
"""Kind of refusal -> the sentence of what the reader's code does."""


def check_function(found: Mapping[str, Any], wish: AdviseWish) -> None:
    """Refuse a function that no other process can find again: how to write it.

    Raises
    ------
    UsageError
        of a lambda, of a function made inside another one, of a method whose object cannot be sent.
    """
    fault = found.get("function_fault")
    if not isinstance(fault, dict):
        return
    name, why = _text(found, "function_name", 80), _text(fault, "why")
    if "<lambda>" in name:
        said = f"{wish.function} is a lambda, which has no name that a worker process could import"
    elif "<locals>" in name:
        said = f"{wish.function} was made inside another function ({name}), where no worker process finds it"
    elif fault.get("path"):
        said = f"{wish.function} holds {_text(fault, 'type', 60)} at {_text(fault, 'path', 80)}, which cannot be sent ({why})"
    else:
        said = f"{wish.function} cannot be sent to a worker process ({why})"
    raise UsageError(
        f"{said}. Write it as `def {wish.name.rpartition('.')[2]}(item): …` at the top of {wish.module}, and let what it"
        " needs come with the item, or be made in the worker"
    )


def check_alone(heard: Heard, wish: AdviseWish) -> None:
    """Refuse a function whose copy goes on behind the call: called many times it would double with each call.

    Raises
    ------
    FunctionError
        if a copy of the process came out of a call.
    """
    if heard.twice:
        raise FunctionError(
            f"{wish.function} forks, and the copy goes on behind the call as if it were the program; it was ended here. In a"
            " loop every call would double the processes. Let the copy end inside the function (os._exit), or start a"
            " process with a function of its own"
        )
