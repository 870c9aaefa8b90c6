"""A fan of futures: a few members that stand for all, one before they part, each with its own days after that.

    step <  common_steps   the declared value, the same in every member: what is decided here and now rests on it
    step >= common_steps   what the member tells, with the probability of all the members that are nearest to it

Which members are kept: fast forward selection (`reduction.py`), the first one being that which lies nearest to all the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, InputError, Place, UsageError
from waterbalance.forecast.reduction import reduce_members

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.forecast.forecast import Forecast, Forecasts, Key
    from waterbalance.horizon import Floats, Horizon


@dataclass(frozen=True)
class Fan:
    """Members as paths over one horizon."""

    expected: Forecasts
    """One value a series: what a plan without members would be made with."""

    paths: tuple[Forecasts, ...]
    """What each member tells, one value a series; equal in the common steps. The first is the one that is shown."""

    probability: tuple[float, ...]
    """Of each path; together one. [1]"""

    common_steps: int
    members: tuple[int, ...] = ()
    """Number of each path among all members."""

    out_of: int = 1
    """How many members there were."""

    distance: float = 0.0
    """Transport distance from the kept members to all, as a share of how far members lie from their mean. [-]"""

    drawn_from: Forecasts | None = None
    """The forecasts with all their members, to be kept with a plan; None where nobody told them."""

    def __post_init__(self) -> None:
        """Refuse paths that are no fan."""
        steps = len(self.horizon)
        if len(self.paths) != len(self.probability) or not 0 <= self.common_steps <= steps:
            raise UsageError("a fan has a probability for each path, and no more common steps than steps")
        if abs(sum(self.probability) - 1.0) > 1e-9 or min(self.probability) <= 0:
            raise UsageError(f"the probabilities of a fan are above zero and together one; found {self.probability}")
        if any(path.horizon != self.horizon for path in self.paths):
            raise UsageError("the paths of a fan are on one horizon")

    @classmethod
    def alone(cls, forecasts: Forecasts) -> Fan:
        """One path: a plan without members."""
        return cls(forecasts, (forecasts,), (1.0,), len(forecasts.horizon), (0,))

    @classmethod
    def of(cls, told: Forecasts | Fan) -> Fan:
        """A fan as it is; one value a series as a single path."""
        return told if isinstance(told, Fan) else cls.alone(told)

    @property
    def horizon(self) -> Horizon:
        """The steps of every path."""
        return self.expected.horizon

    @property
    def branches(self) -> bool:
        """Whether there is more than one path."""
        return len(self.paths) > 1

    @cached_property
    def dates(self) -> tuple[str, ...]:
        """First day of every step of the common days and then of every branch, with its member, for messages."""
        days = [str(day) for day in self.horizon.starts]
        if not self.branches:
            return tuple(days)
        parted = [f"{day} (member {member})" for member in self.members for day in days[self.common_steps :]]
        return (*days[: self.common_steps], *parted)

    def over_paths(self, change: Callable[[Forecasts], Forecasts]) -> Fan:
        """The fan with every path changed, and what is expected."""
        return replace(self, expected=change(self.expected), paths=tuple(map(change, self.paths)), drawn_from=None)

    def known_ahead(self) -> Fan:
        """The same paths parting at once, as if it were known today which member comes."""
        return replace(self, common_steps=0)


def fan_of(members: Forecasts, expected: Forecasts, count: int, common_steps: int) -> Fan:
    """At most `count` members of the forecasts as a fan, after `common_steps` in which they are as `expected`.

    Members that stand for nobody are left out: equal ones become one path. Raises `InputError` where series have different
    numbers of members, because nobody could say then which of them belong together.
    """
    steps = len(expected.horizon)
    varying = {key: each for key, each in members.series.items() if each.members > 1}
    total = max((each.members for each in varying.values()), default=1)
    _require_one_number(varying, total)
    common = min(common_steps, steps)
    if not varying or common == steps:
        return Fan.alone(expected)
    scaled = _scaled({key: each.values[common:] for key, each in varying.items()})
    # By size, so that of two that serve as well the same one is kept, whatever their numbers are.
    order = np.lexsort(scaled[::-1])
    reduced = reduce_members(scaled[:, order], min(count, total))
    kept = reduced.probability > 0
    numbers, probability = order[reduced.kept[kept]], reduced.probability[kept]
    if len(numbers) == 1:
        alone = Fan.alone(_path(expected, varying, common, int(numbers[0])))
        return replace(alone, expected=expected, members=(int(numbers[0]),), out_of=total, distance=reduced.distance)
    return Fan(
        expected=expected,
        paths=tuple(_path(expected, varying, common, int(number)) for number in numbers),
        probability=tuple(probability.tolist()),
        common_steps=common,
        members=tuple(numbers.tolist()),
        out_of=total,
        distance=reduced.distance,
        drawn_from=members,
    )


def common_steps_of(horizon: Horizon, days: float) -> int:
    """How many steps end within so many days of the calendar; the first one always counts."""
    return max(1, int(np.searchsorted(horizon.calendar[1:], days, side="right")))


def _require_one_number(varying: dict[Key, Forecast], total: int) -> None:
    others = [key for key, each in varying.items() if each.members != total]
    if others:
        findings = tuple(
            Finding(
                f"the series of {quantity!r} has members of its own",
                Place(component=component),
                f"{varying[component, quantity].members} members",
                f"{total} members, as other series have",
                "Give all forecasters the same 'members' and 'seed'.",
            )
            for component, quantity in others
        )
        raise InputError("the members of the forecasts do not belong together", findings)


def _scaled(values: dict[Key, Floats]) -> Floats:
    """All series below each other, shape (numbers, members): quantities count alike, the mean square distance to the mean is 1.

    Places with the same quantity keep their sizes: a large river counts more than a brook.
    """
    departures = {key: each - each.mean(axis=1, keepdims=True) for key, each in values.items()}
    squares: dict[str, float] = {}
    for (_, quantity), each in departures.items():
        squares[quantity] = squares.get(quantity, 0.0) + float((each**2).sum(axis=0).mean())
    moving = sum(square > 0 for square in squares.values())
    rows = [each / np.sqrt(squares[key[1]] * moving) for key, each in departures.items() if squares[key[1]] > 0]
    width = next(iter(values.values())).shape[1]
    return np.concatenate(rows) if rows else np.zeros((1, width))


def _path(expected: Forecasts, varying: dict[Key, Forecast], common: int, member: int) -> Forecasts:
    """What one member tells, after common steps that are as expected."""
    own = {}
    for key, each in varying.items():
        values = np.concatenate([expected.series[key].values[:common], each.values[common:, member : member + 1]])
        label = f"member {member} from {expected.horizon.starts[common]} on: {expected.series[key].label}"
        own[key] = replace(each, values=values, label=label)
    return expected.merged(own)
