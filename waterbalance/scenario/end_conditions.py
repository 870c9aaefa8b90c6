"""What the storages should hold at the end of the horizon, as targets and as a last goal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.forecast.forecast import Forecast
from waterbalance.policy.goal import Goal, Policy, Term
from waterbalance.policy.presets import PRESETS
from waterbalance.scenario.schema import EndCondition, PresetChoice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Horizon
    from waterbalance.network.network import Network
    from waterbalance.scenario.series import Series

Key = tuple[str, str]

TARGET = "storage_target"
"""The given of a storage that an end condition fills, at the last step only."""

STORED_WATER = "value of stored water"
"""Name of the last goal, where end conditions give a value to water that is kept."""


def policy_of(choice: PresetChoice | Policy, end_conditions: Mapping[str, EndCondition]) -> Policy:
    """The policy, with a last goal for the value of stored water where end conditions ask for one."""
    policy = PRESETS[choice.preset]() if isinstance(choice, PresetChoice) else choice
    terms = tuple(
        Term(measure="storage", components=(name,), weight=condition.value, at="last step")
        for name, condition in end_conditions.items()
        if condition.value is not None
    )
    if not terms:
        return policy
    goal = Goal(name=STORED_WATER, sense="maximise", terms=terms)
    return policy.model_copy(update={"goals": (*policy.goals, goal)})


def end_targets(
    end_conditions: Mapping[str, EndCondition], series: Mapping[Key, Series], network: Network, horizon: Horizon
) -> dict[Key, Forecast]:
    """Targets for the last step, zero before; by storage, in [m3]."""
    found: dict[Key, Forecast] = {}
    for name, condition in end_conditions.items():
        if condition.value is not None:
            continue
        values = np.zeros((len(horizon), 1))
        label = "end condition: target"
        if condition.target is not None:
            values[-1] = condition.target
        else:
            curve = str(condition.curve)
            table = series.get((name, curve))
            values[-1] = network[name].default_given(curve) if table is None else table.on_steps(horizon)[-1]
            label = f"end condition: {curve}"
        found[name, TARGET] = Forecast(values, label)
    return found
