"""Ready orders of preference; a planner may write her own in the scenario file."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from waterbalance.policy.goal import Goal, Policy, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.network.fields import UserClass


def _shortage(name: str, *user_classes: UserClass) -> Goal:
    return Goal(name=name, terms=(Term(measure="shortage", user_classes=user_classes),), equity=True)


_ENVIRONMENT = (Term(measure="shortfall", user_classes=("environment",)), Term(measure="exceedance"))
"""Water that a river must keep, and what soft limits of mixtures and of groundwater are exceeded by."""


def _physical() -> tuple[Goal, ...]:
    """What no user may overrule: the dams, the dead pool, lifelines, the water that a river must keep, and what a crew can do."""
    return (
        Goal(name="water over dams", terms=(Term(measure="unrated_spill", weight=100), Term(measure="overtopping"))),
        Goal(name="flood pool", terms=(Term(measure="flood_storage"),)),
        Goal(name="dead storage", terms=(Term(measure="below_dead_storage"),)),
        _shortage("lifelines", "lifeline"),
        Goal(name="environment", terms=_ENVIRONMENT),
        Goal(name="gate moves", terms=(Term(measure="excess_moves"),)),
    )


def _thrift() -> tuple[Goal, ...]:
    """What is left to decide when all users have their share.

    What leaves at a river's mouth counts nearly like spill, so that a lake is not run out to the sea for nothing, and so does
    what is still on its way when the plan ends, so that it is not run out a day later; what fills a canal counts like spill. A
    swing from day to day, where water is long under way, weighs like a tenth of what is spilt: a release that was once too
    small is else followed by one too large, and so on for ever, because their mixture arrives without any waste. A
    kilowatt-hour weighs like a tenth of a cubic metre that is spilt; the throughput of two-way pipes weighs next to
    nothing and only keeps water from going round in circles. Money comes last: it chooses the hours of pumping and the
    starts of plants, where a network knows their prices. Lakes that a rule keeps equally full come after spill, because water
    could be spilt to make them equal. Fields are fallowed, and water is transferred in an emergency, no more than users need:
    before spill and pumping, which nobody shall save by giving up a field.
    """
    return (
        Goal(name="least compensation", terms=(Term(measure="compensation"),)),
        Goal(name="least emergency transfer", terms=(Term(measure="emergency_transfer"),)),
        Goal(
            name="least spill and pumping",
            terms=(
                Term(measure="spill"),
                Term(measure="outflow", weight=0.9),
                Term(measure="under_way", weight=0.9, at="last step"),
                Term(measure="swing", weight=0.1),
                Term(measure="energy", weight=0.1),
                Term(measure="filling"),
                Term(measure="throughput", weight=1e-3),
            ),
        ),
        Goal(name="equal storages", terms=(Term(measure="spread"),)),
        Goal(name="least cost", terms=(Term(measure="energy_cost"), Term(measure="start_up_cost"))),
    )


def _reserves() -> Goal:
    """What industry keeps on site for an emergency stays there while it goes short."""
    return Goal(name="reserves on site", terms=(Term(measure="reserve_shortfall"),))


def _carry_over() -> Goal:
    return Goal(name="storage for the next season", terms=(Term(measure="target_shortfall"),))


def water_act() -> Policy:
    """The order of Taiwan's Water Act, article 18: domestic and public, agriculture, hydropower, industry, navigation, other.

    Storage for the next season stands below domestic supply: the law ranks uses, not seasons.
    """
    return Policy(
        name="water_act",
        goals=(
            *_physical(),
            _shortage("domestic and public", "domestic"),
            _carry_over(),
            _shortage("agriculture", "agriculture"),
            _shortage("hydropower", "hydropower"),
            _reserves(),
            _shortage("industry", "industry"),
            _shortage("navigation", "navigation"),
            _shortage("other", "other"),
            *_thrift(),
        ),
    )


def drought_practice() -> Policy:
    """What is done in droughts: public supply with the industry on its pipes before agriculture."""
    return Policy(
        name="drought_practice",
        goals=(
            *_physical(),
            _shortage("domestic and public", "domestic"),
            _reserves(),
            _shortage("industry", "industry"),
            _carry_over(),
            _shortage("agriculture", "agriculture"),
            _shortage("hydropower, navigation and other", "hydropower", "navigation", "other"),
            *_thrift(),
        ),
    )


def economic() -> Policy:
    """What costs least: damage of shortages, energy, compensation and starts, less the worth of what is left in storages.

    The dead pool, lifelines and the river stand before money, and so do storage targets and reserves on site: give a
    `storage_value` instead of a target where water that is kept shall be weighed against water that is used. A user without
    a marginal_damage costs nothing, so it comes after all who have one, before thrift.
    """
    return Policy(
        name="economic",
        goals=(
            *_physical(),
            _carry_over(),
            _reserves(),
            Goal(
                name="least damage and cost",
                terms=(
                    Term(measure="damage"),
                    Term(measure="energy_cost"),
                    Term(measure="compensation"),
                    Term(measure="start_up_cost"),
                    Term(measure="storage_value", weight=-1.0, at="last step"),
                ),
            ),
            _shortage("remaining shortage"),
            *_thrift(),
        ),
    )


def rules_alone() -> Policy:
    """No order of users: what no user may overrule, then the least shortage of all alike, then thrift. No preset."""
    return Policy(
        name="rule_curves_alone",
        goals=(*_physical(), _reserves(), _shortage("all users alike"), *_thrift()),
    )


PRESETS: Mapping[str, Callable[[], Policy]] = MappingProxyType(
    {"water_act": water_act, "drought_practice": drought_practice, "economic": economic}
)
