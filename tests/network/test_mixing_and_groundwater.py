"""What is refused of blending limits, aquifers and subsidence zones, and what only the whole network shows."""

import numpy as np
import pytest

from gallery.building import case, in_order
from gallery.groundwater import aquifer, cone_of_even_pumping, wells
from network.example import make, pipe, river
from network.test_fields import refused
from network.test_topology import only_finding
from waterbalance.network.component import Component
from waterbalance.network.network import Network
from waterbalance.network.topology import check_network
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.policy.goal import Goal, Term

AS_ASKED = Goal(name="as asked", terms=(Term(measure="shortage"), Term(measure="spill")))
"""One goal, so that no later one uses the room that an earlier one leaves."""

TOWN = make("household_supply", "town", demand=100)
MEETING = (*river(200), make("desalination_plant", "plant", capacity=100), pipe("weir", "town"), pipe("plant", "town"), TOWN)


def boron(**concentrations: float) -> Component:
    named = {name.replace("_", " "): value for name, value in concentrations.items()}
    return make("blending_limit", "boron", concentrations=named, limit=0.5, unit="mg/L")


def test_waters_that_meet_and_are_all_named_are_fine() -> None:
    assert list(check_network(Network.of((*MEETING, boron(weir_to_town=0.1, plant_to_town=1.2))))) == []


def test_water_that_joins_unnamed_is_found() -> None:
    text = only_finding(*MEETING, boron(plant_to_town=1.2))
    assert "boron: concentrations leaves out water that comes to town; found weir to town" in text


def test_waters_that_do_not_meet_are_found() -> None:
    text = only_finding(*MEETING, boron(plant_to_town=1.2, river=0.1))
    assert "boron: concentrations names waters that do not meet; found sea, town" in text


def test_what_gives_back_to_the_place_is_water_too() -> None:
    works = make("industry", "works", demand=5, return_fraction=0.5, return_to="fork")
    fork = (make("junction", "fork"), pipe("weir", "fork"), pipe("fork", "works"))
    text = only_finding(*MEETING, *fork, works, boron(weir_to_fork=0.1))
    assert "water that comes to fork; found works" in text


def test_a_blending_limit_needs_waters_and_numbers() -> None:
    assert "at least one subject" in refused("blending_limit", concentrations={}, limit=1, unit="mg/L")
    for wrong in (-1, float("nan"), "much"):
        assert "concentrations" in refused("blending_limit", concentrations={"a": wrong}, limit=1, unit="mg/L")


@pytest.mark.parametrize("field", ["area", "specific_yield", "usable_depth"])
def test_an_aquifer_of_nothing_is_refused(field: str) -> None:
    size = {"area": 1e6, "specific_yield": 0.1, "usable_depth": 10, "recession": 0.02}
    assert "holds no water" in refused("aquifer", **{**size, field: 0})


def test_a_subsidence_zone_limits_something() -> None:
    assert "needs wells with a volume" in refused("subsidence_zone")
    assert "wells and volume belong together" in refused("subsidence_zone", wells=("a",))
    assert "aquifers and drawdown_limit belong together" in refused("subsidence_zone", drawdown_limit=2)
    assert "twice" in refused("subsidence_zone", wells=("a", "a"), volume=1)
    assert "counts nothing" in refused("subsidence_zone", wells=("a",), volume=1, window=0)


def test_ten_days_are_ten_times_a_day() -> None:
    """The same pumping in steps of a day and in one step of ten ends with the same cone."""
    whole, as_asked = cone_of_even_pumping(), in_order(AS_ASKED)
    plan = solve(whole.network, whole.state, whole.forecasts, as_asked)
    daily = case(
        aquifer(),
        *wells(),
        days=(1,) * 25,
        stocks=dict(whole.state.stocks),
        series={("wells town", "demand"): (3000.0,) * 25},
    )
    fine = solve(daily.network, daily.state, daily.forecasts, as_asked)
    ends = np.array([1, 2, 5, 15, 25]) - 1
    assert fine.values["aquifer", "cone"][ends] == pytest.approx(plan.values["aquifer", "cone"], rel=1e-9)


def test_the_audit_sees_a_cone_that_fills_up_too_fast() -> None:
    """A plan made with another recession is no plan of this aquifer."""
    made = cone_of_even_pumping()
    quicker = Network.of([aquifer(recession=0.021) if each.name == "aquifer" else each for each in made.network])
    plan = solve(quicker, made.state, made.forecasts, made.policy)
    assert any("cone after recession" in str(each) for each in audit(plan, made.network))
    assert audit(plan, quicker) == ()
