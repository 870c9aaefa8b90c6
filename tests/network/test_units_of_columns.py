"""Units of all that a step holds, type by type, against a table by hand: what is missing there is a flow over the step [m3]."""

import pytest

from gallery import GALLERY
from network.examples import EXAMPLES
from waterbalance.network.network import Network
from waterbalance.optimise.compile import compile_step
from waterbalance.optimise.solve import solve

BORON = "m3 x mg/L of boron"

UNITS = {
    "agreement": {"all_served": "1"},
    "aquifer": {"cone": "m3", "storage": "m3"},
    "balancing_tank": {"storage": "m3", "target_shortfall": "m3"},
    "blending_limit": {"exceedance": BORON},
    "canal": {"running": "1", "start": "1"},
    "desalination_plant": {"running": "1", "start": "1", "stop": "1"},
    "drought_stage": {"announced": "day", "lowered": "1", "raised": "1"},
    "drought_stage_choice": {"announced": "day", "at_least": "1", "lowered": "1", "raised": "1"},
    "emergency_transfer": {"used": "m3"},
    "equal_fraction": {"deviation": "m3"},
    "exclusive_flows": {"running": "1"},
    "exclusive_sources": {"may_run": "1"},
    "fab": {"reserve_shortfall": "m3", "storage": "m3", "target_shortfall": "m3"},
    "fallowing": {"fallowed": "1", "started": "1"},
    "flow_account": {"account": "m3"},
    "gate_moves": {"change": "m3/day", "may_move": "1", "moves_beyond": "1", "moves_within": "1"},
    "pipeline": {"direction": "1"},
    "pump_station": {"running": "1", "start": "1", "stop": "1"},
    "ramp_limit": {"change": "m3/day"},
    "reclaimed_works": {"running": "1", "start": "1", "stop": "1"},
    "reservoir": {"below_dead_storage": "m3", "flood_storage": "m3", "storage": "m3", "target_shortfall": "m3"},
    "river_reach": {"under_way": "m3"},
    "rule_curve": {"below_curve": "m3"},
    "smooth_flow": {"fall": "m3/day", "rise": "m3/day"},
    "storage_node": {"storage": "m3"},
    "storage_value": {"stored": "m3"},
    "subsidence_zone": {"cone": "m3", "drawn": "m3", "overdraft": "m3", "too_deep": "m3"},
    "target_range": dict.fromkeys(("lifted", "lowered", "below", "above"), "m3"),
    "treatment_works": {"running": "1", "start": "1", "stop": "1"},
    "water_right": {"account": "m3", "carried": "m3", "lapsed": "m3", "used_in_window": "m3"},
}

NETWORKS = {name: make().network for name, make in GALLERY.items()} | {
    f"example {name}": example.network for name, example in EXAMPLES.items()
}


def word(quantity: str) -> str:
    """A quantity without the name or the number that follows."""
    return quantity.split(" ", maxsplit=1)[0].rstrip("0123456789").rstrip("_")


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS.keys())
def test_every_column_has_its_unit(network: Network) -> None:
    step = compile_step(network)
    linked = {link.column for link in step.links}
    for component, quantity in (key for key in step.columns if key not in linked):
        expected = UNITS.get(network[component].type_name(), {}).get(word(quantity))
        assert step.units.get((component, quantity)) == expected, (component, quantity)


def test_every_unit_of_the_table_is_met() -> None:
    met = {
        (network[component].type_name(), word(quantity))
        for network in NETWORKS.values()
        for component, quantity in compile_step(network).units
    }
    assert {(kind, name) for kind, names in UNITS.items() for name in names} - met <= {
        (kind, name) for kind in ("pump_station", "reclaimed_works", "treatment_works") for name in ("running", "start", "stop")
    }


def test_a_plan_tells_the_units_of_rules() -> None:
    case = GALLERY["ramp"]()
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    assert plan.units["slowly", "change"] == "m3/day"
    case = GALLERY["lights_one_after_another"]()
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    assert (plan.units["lights", "announced yellow"], plan.units["lights", "raised"]) == ("day", "1")
