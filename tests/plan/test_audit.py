"""The audit names what was tampered with: a number, a bound, a lost cubic metre; where and when."""

from dataclasses import replace

import numpy as np
import pytest

from gallery import COMMON, GALLERY, Case
from waterbalance.forecast.forecast import Forecast
from waterbalance.network.network import Network
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan

TAMPERED = (
    "spill_at_full",
    "delayed_reach",
    "canal_with_loss",
    "canal_with_filling",
    "two_way_pipe",
    "pump_energy",
    "treatment_sludge",
    "wells_over_new_year",
    "downstream_first",
    "return_flow_later",
    "fab_with_storage",
    "desalination_with_tank",
    "rolling_right",
)
AT_LEAST = {"below_dead_storage", "target_shortfall", "shortfall", "swing"}
"""What lacks may be told too large: a goal keeps it small, the physics does not."""


def planned(name: str) -> tuple[Case, Plan]:
    case = GALLERY[name]()
    return case, solve(case.network, case.state, case.forecasts, case.policy)


def with_value(plan: Plan, key: tuple[str, str], step: int, value: float) -> Plan:
    values = plan.values[key].copy()
    values[step] = value
    return replace(plan, values={**plan.values, key: values})


@pytest.mark.parametrize("name", TAMPERED)
def test_every_number_that_is_changed_is_named(name: str) -> None:
    """By a cubic metre, at every step of every quantity: the component is named, or the place at its end, on that day."""
    case, plan = planned(name)
    unseen = []
    for key, values in plan.values.items():
        for step in range(len(values)):
            for change in (-1.0,) if key[1] in AT_LEAST else (-1.0, 1.0):
                findings = audit(with_value(plan, key, step, values[step] + change), case.network)
                where = {(finding.where.component, finding.where.date) for finding in findings}
                named = {component for component, date in where if date == str(plan.horizon.starts[step])}
                if not named & {key[0], *(name for _, _, name in case.network[key[0]].neighbours())}:
                    unseen.append((*key, step, change, sorted(map(str, where))))
    assert unseen == []


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("canal_with_loss", ("canal to zone", "inflow"), 120.0),
        ("spill_at_full", ("lake", "storage"), 130.0),
        ("pump_energy", ("wells", "abstraction"), 70.0),
        ("treatment_sludge", ("works", "intake"), 90.0),
        ("fab_with_storage", ("fab", "storage"), 95.0),
        ("two_way_pipe", ("west to east", "reverse_inflow"), 40.0),
    ],
)
def test_a_bound_that_is_broken_is_named(name: str, key: tuple[str, str], value: float) -> None:
    case, plan = planned(name)
    findings = audit(with_value(plan, key, 0, value), case.network)
    limits = [finding for finding in findings if finding.what.startswith(f"{key[1]} is outside")]
    assert [(finding.where.component, finding.where.date) for finding in limits] == [(key[0], str(plan.horizon.starts[0]))]
    assert limits[0].found == f"{value:g}"
    assert limits[0].allowed


def test_a_cubic_metre_that_is_lost_on_the_way_is_named_at_both_ends() -> None:
    """A thief who also changes what the zone was given leaves the canal with water that never arrived."""
    case, plan = planned("canal_with_loss")
    stolen = with_value(plan, ("canal to zone", "outflow"), 0, plan.values["canal to zone", "outflow"][0] - 1)
    stolen = with_value(stolen, ("zone", "delivery"), 0, plan.values["zone", "delivery"][0] - 1)
    stolen = with_value(stolen, ("zone", "consumption"), 0, plan.values["zone", "consumption"][0] - 1)
    stolen = with_value(stolen, ("zone", "shortage"), 0, plan.values["zone", "shortage"][0] + 1)
    named = {(finding.where.component, finding.where.date) for finding in audit(stolen, case.network)}
    assert named == {("canal to zone", str(plan.horizon.starts[0]))}


def test_a_cubic_metre_that_vanishes_from_a_storage_is_named() -> None:
    case, plan = planned("end_target")
    missing = with_value(plan, ("lake", "storage"), 0, plan.values["lake", "storage"][0] - 1)
    said = [str(finding) for finding in audit(missing, case.network) if "balance" in finding.what]
    assert said[0].startswith(f"lake, {plan.horizon.starts[0]}: the balance does not close: water is lost; found 1 m3")


def test_a_cubic_metre_made_from_nothing_is_named() -> None:
    case, plan = planned("end_target")
    made = with_value(plan, ("lake", "storage"), 1, plan.values["lake", "storage"][1] + 1)
    said = [str(finding) for finding in audit(made, case.network) if "balance" in finding.what]
    assert said[0].startswith(f"lake, {plan.horizon.starts[1]}: the balance does not close: water is made from nothing")


def test_a_plan_from_other_forecasts_is_named() -> None:
    case, plan = planned("look_ahead")
    other = case.forecasts.merged({("fab", "demand"): Forecast(np.array([[0.0], [12.0]]), "another day")})
    found = audit(plan, case.network, other)
    assert [(finding.where.component, finding.where.date) for finding in found] == [("fab", str(plan.horizon.starts[1]))]


def test_what_is_no_number_and_what_is_missing_are_named() -> None:
    case, plan = planned("look_ahead")
    broken = with_value(plan, ("lake", "storage"), 0, float("nan"))
    assert any("not a number" in finding.what and finding.where.component == "lake" for finding in audit(broken, case.network))
    values = {key: value for key, value in plan.values.items() if key != ("zone", "delivery")}
    said = [str(finding) for finding in audit(replace(plan, values=values), case.network)]
    assert "zone: the plan lacks delivery" in said


def test_a_switch_in_between_is_named_only_where_switches_are_decided() -> None:
    case, plan = planned("canal_with_filling")
    half = with_value(plan, ("canal to zone", "running"), 2, 0.5)
    assert any("neither on nor off" in finding.what for finding in audit(half, case.network))
    # A canal's starts are decided in the whole season, unless its file says that only the first days count.
    relaxed = replace(half, switch_steps=2)
    assert any("neither on nor off" in finding.what for finding in audit(relaxed, case.network))
    first_days = {"starts_decided": "first_days"}
    network = Network.of(each.model_copy(update=first_days) if each.name == "canal to zone" else each for each in case.network)
    assert any("neither on nor off" in finding.what for finding in audit(half, network))
    assert not any("neither on nor off" in finding.what for finding in audit(relaxed, network))


def test_the_policy_of_the_gallery_asks_for_every_common_measure() -> None:
    """Were a goal missing, tampering with what it keeps small would not be judged."""
    assert {term.measure for goal in COMMON.goals for term in goal.terms} >= {"shortage", "spill", "energy", "throughput"}
