"""What only dates and sources tell: a plan in which a rotation leaves a hospital dry is no plan."""

import pytest

from gallery import Case, case, in_order, least, make, pipe
from waterbalance.errors import InputError
from waterbalance.optimise.solve import solve


def two_ways(second: float = 1000.0, demand: float = 1000.0, **out: object) -> Case:
    """A hospital with a canal in turns, one day of two, and a pipe from a second lake beside it."""
    return case(
        make("reservoir", "first lake", capacity=1e6),
        make("reservoir", "second lake", capacity=1e6),
        make("canal", "canal", source="first lake", target="hospital", capacity=2000),
        pipe("second lake", "hospital", capacity=1000, **out),
        make("household_supply", "hospital", user_class="lifeline", demand=demand),
        make("rotation", "turns", groups={"canals": ("canal",)}, turns={"canals": 1}, pause=1, first_day="2021-03-10"),
        days=(1, 1, 1, 1),
        stocks={("first lake", "storage"): 5e5, ("second lake", "storage"): second},
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
    assert (finding.where.component, finding.where.date) == ("turns", "2021-03-11") or finding.where.date == "2021-03-13"


def test_nor_is_one_that_is_being_repaired() -> None:
    outage = {"first_day": "2021-03-11", "last_day": "2021-03-11"}
    with pytest.raises(InputError, match="no rule cuts a lifeline"):
        planned(two_ways(second=5000.0, outages=(outage,)))


def test_what_lacks_with_and_without_turns_is_no_fault_of_theirs() -> None:
    """Both ways together carry 3,000 a day at most, and the pipe alone 1,000: only the canal's closed days are the rule's."""
    made = two_ways(second=0.0)
    made_open = case(
        *[each for each in made.network if each.name != "turns"],
        days=(1, 1, 1, 1),
        stocks={("first lake", "storage"): 3000, ("second lake", "storage"): 0},
        policy=made.policy,
    )
    assert planned(made_open) == pytest.approx(1000.0)
