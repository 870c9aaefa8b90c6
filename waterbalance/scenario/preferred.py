"""An order of preference named on a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import UsageError
from waterbalance.policy.presets import PRESETS
from waterbalance.scenario.end_conditions import policy_of
from waterbalance.scenario.schema import PresetChoice

if TYPE_CHECKING:
    from waterbalance.policy.goal import Policy
    from waterbalance.scenario.scenario import Scenario

OWN = "own"
"""The word for the scenario's own policy."""


def preferred(scenario: Scenario, word: str) -> Policy:
    """The scenario's own policy, or a preset in its place; what the scenario wants at the end stays.

    Raises `UsageError` for another word.
    """
    if word == OWN:
        return scenario.policy
    if word not in PRESETS:
        raise UsageError(f"--policy wants one of {', '.join((OWN, *PRESETS))}; found {word!r}")
    return policy_of(PresetChoice(preset=word), scenario.end_conditions)
