"""What is asked of one night: everything that a plan is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from waterbalance.forecast.forecast import Forecasts
from waterbalance.horizon import Horizon
from waterbalance.operate.planning.expected import outlook_of

if TYPE_CHECKING:
    from waterbalance.forecast.fan import Fan
    from waterbalance.network.network import Network
    from waterbalance.network.state import State
    from waterbalance.operate.planning.scheduled import Followed
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Policy
    from waterbalance.scenario.scenario import Scenario


@dataclass(frozen=True)
class Asked:
    """A scenario on a day."""

    scenario: Scenario
    state: State
    members: Forecasts
    """What is expected, with its members."""

    expected: Forecasts
    """One member a series: what is planned with."""

    policy: Policy
    previous: Plan | None = None
    """The plan of the night before."""

    followed: Followed | None = None
    """The orders that gates follow until the new ones begin."""

    @property
    def outlook(self) -> Fan:
        """What a plan is made for. Raises `InputError` where members do not belong together."""
        return outlook_of(self.scenario, self.members, self.expected)

    @property
    def network(self) -> Network:
        """What exists."""
        return self.scenario.network


def on_step(forecasts: Forecasts, step: int) -> Forecasts:
    """What is expected over one step of the horizon."""
    return on_steps(forecasts, step, step + 1)


def on_steps(forecasts: Forecasts, first: int, end: int) -> Forecasts:
    """What is expected from step `first` to the one before `end`."""
    horizon = Horizon(forecasts.horizon.edges[first : end + 1], forecasts.horizon.time_zone)
    series = {key: replace(each, values=each.values[first:end]) for key, each in forecasts.series.items()}
    return Forecasts(horizon, series)
