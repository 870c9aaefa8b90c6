"""Switches are whole in exactly the first steps and relaxed after them."""

import numpy as np
import pytest

from gallery import Case, case, in_order, least, make, pipe
from waterbalance.optimise.solve import Planner, solve
from waterbalance.plan.plan import Plan


def half_load(days: int) -> Case:
    """A plant that makes 50 or more, or nothing, for a pipe and a town of 30: on or off it cannot serve it, in between it can."""
    return case(
        make("desalination_plant", "plant", capacity=100, minimum_load=0.5),
        pipe("plant", "town", capacity=30),
        make("household_supply", "town", demand=30),
        days=(1,) * days,
        policy=in_order(least("shortage", "domestic")),
    )


def decided(plan: Plan, whole: int) -> None:
    """Off and without water in the first `whole` steps, in between and served after them."""
    running, delivery = plan.values["plant", "running"], plan.values["town", "delivery"]
    assert plan.switch_steps == whole
    assert running[:whole] == pytest.approx(np.zeros(whole), abs=1e-6)
    assert delivery[:whole] == pytest.approx(np.zeros(whole), abs=1e-4)
    assert np.all((running[whole:] > 0.29) & (running[whole:] < 0.61))
    assert delivery[whole:] == pytest.approx(np.full(len(delivery) - whole, 30.0), abs=1e-4)


def test_switches_are_whole_for_fourteen_steps_and_relaxed_after() -> None:
    made = half_load(18)
    decided(solve(made.network, made.state, made.forecasts, made.policy), 14)


@pytest.mark.parametrize("whole", [0, 2, 5])
def test_a_planner_may_decide_fewer_switches(whole: int) -> None:
    made = half_load(6)
    decided(Planner(made.network, switch_steps=whole).plan(made.state, made.forecasts, made.policy), whole)
