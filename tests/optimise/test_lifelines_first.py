"""What only dates and sources tell: a plan in which a rotation leaves a hospital dry is no plan."""

import numpy as np
import pytest

from gallery import Case, case, in_order, least, make, pipe
from waterbalance.errors import InputError
from waterbalance.optimise.solve import Planner, solve


def two_ways(second: float, first: float = 5e5, **out: object) -> Case:
    """A hospital with a canal in turns, one day of two, and a pipe from a second lake beside it."""
    return case(
        make("reservoir", "first lake", capacity=1e6),
        make("reservoir", "second lake", capacity=1e6),
        make("canal", "canal", source="first lake", target="hospital", capacity=2000),
        pipe("second lake", "hospital", capacity=1000, **out),
        make("household_supply", "hospital", user_class="lifeline", demand=1000),
        make("rotation", "turns", groups={"canals": ("canal",)}, turns={"canals": 1}, pause=1, first_day="2021-03-10"),
        days=(1, 1, 1, 1),
        stocks={("first lake", "storage"): first, ("second lake", "storage"): second},
        policy=in_order(least("shortage", "lifeline")),
    )


def planned(made: Case) -> float:
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    return float(plan.values["hospital", "shortage"].sum())


def test_a_second_way_that_carries_all_is_enough() -> None:
    assert planned(two_ways(second=5000.0)) == pytest.approx(0.0, abs=1e-3)


def test_a_second_source_that_runs_dry_is_not() -> None:
    """The second lake holds one day's water, and the canal is closed on two."""
    with pytest.raises(InputError, match="1,000 m3 that hospital would have without them") as caught:
        planned(two_ways(second=1000.0))
    (finding,) = caught.value.findings
    # Which of the two closed days has the second lake's water is all the same.
    assert finding.where.component == "turns"
    assert finding.where.date in {"2021-03-11", "2021-03-13"}


def test_nor_is_one_that_is_being_repaired() -> None:
    outage = {"first_day": "2021-03-11", "last_day": "2021-03-11"}
    with pytest.raises(InputError, match="no rule cuts a lifeline"):
        planned(two_ways(second=5000.0, outages=(outage,)))


def test_what_lacks_with_and_without_turns_is_no_fault_of_theirs() -> None:
    """The first lake's 2,000 go through the canal on its two open days: half of the demand lacks, open or not."""
    assert planned(two_ways(second=0.0, first=2000.0)) == pytest.approx(2000.0, abs=1e-3)


def test_what_somebody_else_limits_is_no_fault_of_the_turns() -> None:
    """A day is carried out with no more than was ordered: the pipe that nobody opened is not the rotation's doing."""
    made = two_ways(second=5000.0)
    orders = {("second lake to hospital", "inflow"): np.zeros(4)}
    plan = Planner(made.network).plan(made.state, made.forecasts, made.policy, at_most=orders)
    assert plan.values["hospital", "shortage"].sum() == pytest.approx(2000.0, abs=1e-3)
