"""What a parameter looks at: the calendar, or how the step before ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.interop.pywr.at_first import values_on_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.interop.pywr.carried import Argument, Carried

_OF_THE_STATE = frozenset(
    {
        "stored",
        "control_curve",
        "control_curve_index",
        "control_curve_line",
        "control_curve_pieces",
        "flow_before",
        "mean_flow",
        "deficit_before",
        "annual_licence",
    }
)
_OF_THE_CALENDAR = frozenset(
    {
        "series",
        "daily_profile",
        "weekly_profile",
        "monthly_profile",
        "annual_harmonics",
        "uniform_drawdown",
        "discount_factor",
        "current_year",
        "ordinal_day",
        "annual_licence",
    }
)


def is_undated(argument: Argument, carried: Carried) -> bool:
    """Whether a parameter gives the same on every day in the same state."""
    return not any(kind in _OF_THE_CALENDAR for kind in _kinds(argument, carried))


def over_steps(argument: Argument, carried: Carried) -> list[float] | None:
    """The values of a parameter in all steps; None where it depends on storages or flows."""
    if any(kind in _OF_THE_STATE for kind in _kinds(argument, carried)):
        return None
    return values_on_steps(argument, carried)


def _kinds(argument: object, carried: Carried) -> Iterator[str]:
    """Kinds of a parameter and of all that it is made of."""
    seen: set[str] = set()
    left = [argument]
    while left:
        each = left.pop()
        if isinstance(each, str) and each in carried.parameters and each not in seen:
            seen.add(each)
            left.append(carried.parameters[each])
        elif isinstance(each, dict):
            yield each["kind"]
            left.extend(value for name, value in each.items() if name not in {"kind", "component", "storages", "file", "column"})
        elif isinstance(each, list):
            left.extend(each)
