"""Goals as they are written: a term that speaks about the last step only, and a goal without a limit."""

import pytest

from gallery import canal, case, in_order, least, make, most, zone
from waterbalance.errors import NoPlanError
from waterbalance.optimise.solve import solve
from waterbalance.policy.goal import Goal, Term


def test_a_term_at_the_last_step_leaves_the_others_free() -> None:
    """The lake is full at the end although the fields have their 30 on the first day; kept full on both, they lack them."""
    kept = Goal(name="full at the end", sense="maximise", terms=(Term(measure="storage", at="last step"),))
    made = case(
        make("reservoir", "lake", capacity=100, spill_to="sea"),
        make("outfall", "sea"),
        canal("lake", "zone"),
        zone(demand=30),
        days=(1, 1),
        stocks={("lake", "storage"): 100},
        series={("lake", "inflow"): (0, 60)},
        policy=in_order(kept, least("shortage", "agriculture")),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    assert plan.values["lake", "storage"] == pytest.approx([70, 100], abs=1e-4)
    assert plan.values["zone", "delivery"] == pytest.approx([30, 30], abs=1e-4)
    assert [rank.value for rank in plan.ranks] == pytest.approx([100, 0], abs=1e-4)


def test_a_goal_without_a_limit_is_called_so() -> None:
    """A goal the wrong way round: what lacks to a target can be told as large as one likes."""
    made = case(
        make("reservoir", "lake", capacity=100),
        days=(1, 10),
        stocks={("lake", "storage"): 100},
        series={("lake", "storage_target"): (50, 50)},
        policy=in_order(most("target_shortfall")),
    )
    with pytest.raises(NoPlanError, match="unbounded") as raised:
        solve(made.network, made.state, made.forecasts, made.policy)
    assert any("no limit" in finding.what for finding in raised.value.findings)
