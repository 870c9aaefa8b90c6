"""In what a goal is measured: a number alone does not tell cubic metres from money."""

import pytest

from gallery import canal, case, in_order, least, make, zone
from waterbalance.optimise.solve import solve
from waterbalance.plan.side import Side, goal_measure
from waterbalance.policy.goal import Goal, Term


def side() -> Side:
    made = case(
        make("reservoir", "lake", capacity=100),
        make("pump_station", "pump", source="lake", target="zone", energy_per_volume=2, energy_price=3),
        canal("lake", "zone"),
        zone(demand=50),
        days=(1,),
        stocks={("lake", "storage"): 60},
        policy=in_order(least("shortage", "agriculture")),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    return Side.of("one", plan, made.policy, made.network, made.forecasts)


@pytest.mark.parametrize(
    ("terms", "unit"),
    [
        ((Term(measure="shortage"),), "m3"),
        ((Term(measure="energy"),), "kWh"),
        ((Term(measure="energy_cost"),), "currency"),
        ((Term(measure="shortage"), Term(measure="storage", weight=-1.0)), "m3"),
        ((Term(measure="shortage", weight=2.0),), "weighted sum of m3"),
        ((Term(measure="shortage"), Term(measure="energy")), "weighted sum of m3 and kWh"),
        ((Term(measure="shortage", benefit="price"),), "weighted sum of m3"),
    ],
)
def test_the_unit_of_a_goal(terms: tuple[Term, ...], unit: str) -> None:
    assert goal_measure(Goal(name="goal", terms=terms), side()).unit == unit
