"""The only place that formats a number with its unit. Standard library only."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.findings import Estimate, Unit

NOT_AVAILABLE = "not available"
UNBOUNDED = "unbounded"
TIMES = "times"
_MULTIPLY = "×"

_SECONDS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_BYTES = ((1024.0**3, "GiB"), (1024.0**2, "MiB"), (1024.0, "KiB"), (1.0, "B"))
GROUP = "\u202f"
"""Between groups of three digits: a narrow space that does not break. A comma would look like one between two bounds."""
_MINUS = "\u2212"
_DIGITS = 3
_FEW_DIGITS = 2
"""Of a headline's number."""
_SMALL = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
"""Numbers that stand as words where a sentence begins with them."""
_MOST_DECIMALS = 9
_NO_WIDTH = 1e-6
"""Of the number: an interval narrower than this is an accident of rounding, and earns no digits."""
_STEPS_IN_SHORTER, _STEPS_IN_LONGER = 2, 3
"""The last digit shown is worth at most half of the interval's shorter arm, so that the number, rounded, is none of its
ends; and at most a third of the longer arm."""
_FAR_BEYOND_CHANCE = 0.001
_SIGN = {"at least": "≥ ", "at most": "≤ "}
_MEASURED_AGAIN = frozenset({"s", "ratio", "CPU"})
"""Units of what another sitting finds a little elsewhere: three digits at most, for none after them would come again."""
_FROM_ONE = "ratio"
"""The unit in which it matters how far from 1 a number is: of that, two digits are shown where these are finer."""
_DIGITS_FROM_ONE = 2


def seconds(value: float | None, digits: int = _DIGITS) -> str:
    """`1.63 ms`: a time in the unit that suits its size."""
    return _alone(value, "s", digits)


def ratio(value: float | None, digits: int = _DIGITS) -> str:
    """`46 times`: a ratio of two like quantities."""
    return _alone(value, "ratio", digits)


def share(value: float | None, digits: int = _DIGITS) -> str:
    """`12 %`: a share between 0 and 1."""
    return _alone(value, "share", digits)


def percent(value: float | None, digits: int = 2) -> str:
    """`4.2 %`: a relative size such as a smallest effect; two digits unless told."""
    return _alone(value, "share", digits)


def chance(value: float | None) -> str:
    """`0.021`, `below 0.001`: a p value, of which no smaller one tells a reader more."""
    if value is None:
        return NOT_AVAILABLE
    return f"below {_FAR_BEYOND_CHANCE:g}" if value < _FAR_BEYOND_CHANCE else f"{value:.2g}"


def signed_percent(value: float | None, digits: int = 2) -> str:
    """`+4.2 %`: a relative change."""
    text = percent(value, digits)
    return f"+{text}" if value is not None and math.isfinite(value) and value > 0 else text


def size(value: float | None, digits: int = _DIGITS) -> str:
    """`8 MiB`: a number of bytes; whole numbers without decimals."""
    if value is not None and math.isfinite(value):
        factor, name = scale([value], "byte")
        if (value / factor).is_integer():
            return f"{_decimals(value / factor, 0)} {name}"
    return _alone(value, "byte", digits)


def count(value: float | None) -> str:
    """`12 000`, the groups of three set apart: a whole number, or any number without a unit."""
    if value is None or not math.isfinite(value):
        return _alone(value, "count", _DIGITS)
    return _decimals(value, 0) if float(value).is_integer() else _alone(value, "count", _DIGITS)


def plain(value: float) -> str:
    """`2`, `2.5`, `1000`: a round number, such as an axis has, with the decimals it needs and no unit."""
    return _decimals(value, next(places for places in range(_MOST_DECIMALS + 1) if _is_round(value, places)))


def threshold(value: float, unit: Unit) -> str:
    """`1.1 times`, `75 %`, `32 MiB`: a number that was typed, with the decimals it was typed with."""
    if unit == "byte":
        return size(value)
    if unit == "share":
        return _join(plain(100 * value), "%")
    return _join(plain(value), {"ratio": TIMES, "s": "s"}.get(unit, ""))


def counted(value: int, one: str, many: str = "") -> str:
    """`1 round`, `12 rounds`: a whole number and what it counts; `1 is`, `12 are`: and a verb that agrees with it."""
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def spelled(value: int, one: str, many: str = "") -> str:
    """`two rounds`, `14 rounds`: as `counted`, a small number as a word."""
    small = _SMALL[value] if 0 <= value < len(_SMALL) else count(value)
    return f"{small} {one if value == 1 else many or one + 's'}"


def duration(value_s: float | None) -> str:
    """`9 min 41 s`: how long a person waits."""
    if value_s is None or not math.isfinite(value_s):
        return _alone(value_s, "s", _DIGITS)
    if value_s < 10:
        return seconds(value_s, 2)
    whole = round(value_s)
    minutes, rest_s = divmod(whole, 60)
    hours, rest_min = divmod(minutes, 60)
    if hours:
        return f"{count(hours)} h {rest_min} min"
    return f"{minutes} min {rest_s} s" if minutes else f"{rest_s} s"


def with_interval(estimate: Estimate, *, reason: bool = True) -> str:
    """`1.63 ms [1.58, 1.69]`, `46 [41, 52] times`, `12 % [8, 17]`: the digits that the interval bears.

    A number that cannot be had is `not available: reason` (without the reason where `reason` is false); a bound that is
    infinite is `unbounded`. Of an interval with one end it is `0 % (at most 31 %)`, of a limit alone `at least 13 000 times`.
    """
    if not _known(estimate.point):
        return f"{NOT_AVAILABLE}: {estimate.reason}" if reason and estimate.reason else NOT_AVAILABLE
    point, interval, name = parts(estimate)
    if not interval:
        why = f" (no interval: {estimate.reason})" if reason and estimate.reason else ""
        return _join(point, name) + why
    if estimate.limit:
        return f"{_join(point, name)} ({estimate.limit} {_join(interval.removeprefix(_SIGN[estimate.limit]), name)})"
    return f"{point} {interval} {name}" if name == TIMES else f"{_join(point, name)} {interval}"


def brief(estimate: Estimate, digits: int = _FEW_DIGITS) -> str:
    """`1.32 ms`, `20×`: the number alone, as a headline has it, with no digit that its interval does not bear.

    Of two digits a number that begins with 1 has one more: `1.95×`, or its last would be worth up to a tenth of it.
    """
    point, low, high = estimate.point, estimate.low, estimate.high
    if point is None or not math.isfinite(point) or estimate.limit:
        return with_interval(estimate, reason=False)
    factor, name = scale([point], estimate.unit)
    decimals = _decimals_of(point / factor, _digits_of_brief(point / factor, digits))
    if low is not None and high is not None and math.isfinite(low) and math.isfinite(high):
        decimals = _brief_decimals(point / factor, low / factor, high / factor, digits)
    decimals = max(decimals, 0) if estimate.unit == "share" else decimals
    number = _decimals(point / factor, decimals)
    return f"{number}{_MULTIPLY}" if name == TIMES else _join(number, name)


def _brief_decimals(point: float, low: float, high: float, digits: int) -> int:
    """So many digits, and no decimal that the interval does not bear."""
    return min(_decimals_of(point, _digits_of_brief(point, digits)), _decimals_for(point, low, high))


def _digits_of_brief(value: float, digits: int) -> int:
    """One more where it begins with 1, also once it is rounded: 0.998 would be 1.0."""
    begins = {f"{abs(value):.15e}"[0], f"{abs(value):.{digits - 1}e}"[0]}
    return digits + (digits == _FEW_DIGITS and "1" in begins)


def brief_interval(estimate: Estimate, digits: int = _FEW_DIGITS) -> str:
    """`[19, 22]`: the interval beside `brief`, with its decimals, rounded away from the number so that it holds; or ''."""
    point, low, high = estimate.point, estimate.low, estimate.high
    if point is None or low is None or high is None or estimate.limit:
        return ""
    if not all(map(math.isfinite, (point, low, high))):
        return ""
    factor, _ = scale([point], estimate.unit)
    decimals = _brief_decimals(point / factor, low / factor, high / factor, digits)
    step = 10.0**-decimals
    ends = (
        away(round(end / factor / step, 6)) * step
        for away, end in zip((math.floor, math.ceil), (low, high), strict=True)
    )
    return f"[{', '.join(_decimals(end, decimals) for end in ends)}]"


def seconds_within(value: float, low: float, high: float, digits: int = _DIGITS) -> str:
    """`10.7 s [10.2, 11.4]`: a time that was foretold, and between which times it lies, with its decimals.

    An end that would equal the number moves out a step.
    """
    factor, _ = scale([value], "s")
    decimals = _decimals_of(value / factor, digits)
    told = _decimals(value / factor, decimals)
    ends = []
    for end, out in ((low, -1.0), (high, 1.0)):
        text = _decimals(end / factor, decimals)
        ends.append(_decimals(end / factor + out * 10.0**-decimals, decimals) if value and text == told else text)
    return f"{seconds(value, digits)} [{', '.join(ends)}]"


def multiple(estimate: Estimate) -> str:
    """`19.7× [19.3, 20.0]`: a ratio with its interval, as a headline has it."""
    point, interval, name = parts(estimate)
    if name != TIMES or not interval or estimate.limit:
        return with_interval(estimate, reason=False)
    return f"{point}{_MULTIPLY} {interval}"


def change(ratio: Estimate, more: str, less: str) -> str:
    """`4 % slower [3, 5]`: by how much a ratio lies above 1, which is `more`, or below it, which is `less`."""
    point, low, high = ratio.point, ratio.low, ratio.high
    if point is None or low is None or high is None or not all(map(math.isfinite, (point, low, high))):
        return multiple(ratio)
    ends = (low - 1.0, high - 1.0) if point >= 1.0 else (1.0 - high, 1.0 - low)
    size_of = replace(ratio, point=abs(point - 1.0), low=ends[0], high=ends[1], unit="share")
    number, interval, name = parts(size_of)
    return f"{_join(number, name)} {more if point >= 1.0 else less} {interval}"


def parts(estimate: Estimate) -> tuple[str, str, str]:
    """The number, its interval in brackets ('' where there is none) and the unit's name, for tables that part them."""
    point, low, high = estimate.point, estimate.low, estimate.high
    if point is None or not _known(point):
        return NOT_AVAILABLE, "", ""
    if math.isinf(point):
        return UNBOUNDED, "", ""
    if estimate.limit:
        return _one_sided(estimate, point)
    factor, name = scale([point] if point else [low, high], estimate.unit)
    if low is None or high is None or not (_known(low) and _known(high)):
        return _digits(point / factor, _DIGITS), "", name
    ends = (low / factor, high / factor)
    if estimate.unit == "share" and max(abs(end - point / factor) for end in ends) > _NO_WIDTH * abs(point / factor):
        again = estimate.holds_for == "this sitting"
        return *_share_of(
            point / factor, ends, finest=_finest(point / factor, None, "share") if again and point else None
        ), name
    decimals = _decimals_for(point / factor, *ends)
    if estimate.unit in _MEASURED_AGAIN and point:
        finest = _finest(point / factor, estimate.moves, estimate.unit)
        if decimals > finest:
            decimals, ends = finest, _apart(point / factor, ends, finest)
    bounds = ", ".join(UNBOUNDED if math.isinf(end) else _decimals(end, decimals) for end in ends)
    return _decimals(point / factor, decimals), f"[{bounds}]", name


def _share_of(point: float, ends: tuple[float, float], *, finest: int | None) -> tuple[str, str]:
    """A share in per cent, and its interval: each end has the digits that its own arm bears.

    One arm is short where the scale ends, and says nothing of the digits that the other bears: `98 % [66, 100]`. The number keeps
    as many as tell it from its ends; `finest` is how many decimals another sitting would find again, None where none is needed.
    """
    arms = [abs(end - point) for end in ends]
    decimals = max(_borne_by(max(arms)), 0)  # of few trials too: 7 of 40 are 18 %, and would be 20 %
    while decimals < _MOST_DECIMALS and any(
        arm and round(end, decimals) == round(point, decimals) for end, arm in zip(ends, arms, strict=True)
    ):
        decimals += 1
    if finest is not None and decimals > finest:
        decimals, ends = finest, _apart(point, ends, finest)
    whole = [
        0 if end in {0.0, 100.0} else max(0, _borne_by(arm)) if arm else decimals
        for end, arm in zip(ends, arms, strict=True)
    ]
    bounds = ", ".join(_decimals(end, min(decimals, own)) for end, own in zip(ends, whole, strict=True))
    return _decimals(point, decimals), f"[{bounds}]"


def _borne_by(arm: float) -> int:
    """How many decimals an arm of an interval bears."""
    return min(_MOST_DECIMALS, -math.floor(math.log10(arm / _STEPS_IN_LONGER)))


def _one_sided(estimate: Estimate, point: float) -> tuple[str, str, str]:
    """As `parts`, of an estimate that is limited on one side: the limit rounded away from the number, so that it holds."""
    end = estimate.low if estimate.limit == "at least" else estimate.high
    if end is None or not math.isfinite(end):
        factor, name = scale([point], estimate.unit)
        return _digits(point / factor, _DIGITS), "", name
    factor, name = scale([point or end], estimate.unit)
    arm = abs(end - point) / factor
    decimals = -math.floor(math.log10(arm / _STEPS_IN_LONGER)) if arm else 1 - _magnitude(end / factor, 2) if end else 0
    if estimate.unit == "share":
        decimals = max(decimals, 0)
    away = math.floor if estimate.limit == "at least" else math.ceil
    limit = _decimals(away(round(end / factor * 10.0**decimals, 6)) / 10.0**decimals, decimals)
    if not arm:
        return f"{estimate.limit} {limit}", "", name
    whole = _is_round(point / factor, 0)
    return _decimals(point / factor, 0 if whole else decimals), f"{_SIGN[estimate.limit]}{limit}", name


def scale(values: Iterable[float | None], unit: str) -> tuple[float, str]:
    """What to divide by, and the unit's name, so that the largest of the values reads well (for axes and columns)."""
    finite = [abs(value) for value in values if value is not None and math.isfinite(value)]
    largest = max(finite, default=0.0)
    if unit in {"s", "byte"}:
        steps = _SECONDS if unit == "s" else _BYTES
        whole = steps[0] if unit == "s" else steps[-1]
        if not largest:
            return whole
        almost = 0.9995  # what rounds to 1 000 of the smaller unit is 1 of the larger
        return next((step for step in steps if largest >= almost * step[0]), steps[-1])
    return {"ratio": (1.0, TIMES), "share": (0.01, "%"), "CPU": (1.0, "CPUs")}.get(unit, (1.0, ""))


def _known(value: float | None) -> bool:
    return value is not None and not math.isnan(value)


def _is_round(value: float, places: int) -> bool:
    return places == _MOST_DECIMALS or math.isclose(value, round(value, places), rel_tol=1e-9, abs_tol=1e-12)


def _alone(value: float | None, unit: str, digits: int) -> str:
    if value is None or math.isnan(value):
        return NOT_AVAILABLE
    if math.isinf(value):
        return UNBOUNDED
    factor, name = scale([value], unit)
    return _join(_digits(value / factor, digits), name)


def _join(number: str, name: str) -> str:
    return f"{number} {name}" if name and number not in {UNBOUNDED, NOT_AVAILABLE} else number


def _decimals_for(point: float, low: float, high: float) -> int:
    """How many decimals the interval bears; negative where even whole numbers would be too fine."""
    arms = [abs(end - point) for end in (low, high) if math.isfinite(end)]
    wide = [arm for arm in arms if arm > _NO_WIDTH * abs(point)]
    if not wide:
        return 0 if _is_round(point, 0) else _decimals_of(point, _DIGITS)
    step = min(min(wide) / _STEPS_IN_SHORTER, max(wide) / _STEPS_IN_LONGER)
    return min(_MOST_DECIMALS, -math.floor(math.log10(step)))


def _finest(point: float, moves: float | None, unit: Unit) -> int:
    """How many decimals of a number another sitting would find again: of three digits, and by how much sittings move.

    Of a ratio its distance from 1 keeps two digits, or it could not be told on which side of 1 it lies.
    """
    digits = _DIGITS - 1 - _magnitude(point, _DIGITS)
    if unit == _FROM_ONE and (apart := abs(point - 1.0)) > _NO_WIDTH:
        digits = max(digits, _DIGITS_FROM_ONE - 1 - _magnitude(apart, _DIGITS_FROM_ONE))
    step = abs(point) * (moves or 0.0) / _STEPS_IN_SHORTER
    return min(digits, -math.floor(math.log10(step))) if step else digits


def _apart(point: float, ends: tuple[float, float], decimals: int) -> tuple[float, float]:
    """The ends, a step further out where these decimals would make the number one of them: wider, and so still true."""
    shown, step = round(point, decimals), 10.0**-decimals
    low, high = ends
    return (
        shown - step if low < point and round(low, decimals) >= shown else low,
        shown + step if high > point and round(high, decimals) <= shown else high,
    )


def _magnitude(value: float, digits: int) -> int:
    """Power of ten of the first of that many digits."""
    return math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))


def _decimals_of(value: float, digits: int) -> int:
    """How many decimals give that many significant digits; a whole number keeps all of its own digits."""
    return max(0, min(_MOST_DECIMALS, digits - 1 - _magnitude(value, digits))) if value else 0


def _digits(value: float, digits: int) -> str:
    return _decimals(value, _decimals_of(value, digits))


def _decimals(value: float, decimals: int) -> str:
    rounded = round(value, decimals) + 0.0  # adding zero turns -0.0 into 0.0
    text = f"{abs(rounded):.{max(0, decimals)}f}"
    whole, point, fraction = text.partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", GROUP)
    return f"{_MINUS if rounded < 0 else ''}{whole}{point}{fraction}"
