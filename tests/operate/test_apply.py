"""What happens on the first day of a plan, beyond what the rolling loop shows."""

import pytest

from gallery import GALLERY
from waterbalance.operate.planning.apply import applied
from waterbalance.operate.planning.asked import on_step
from waterbalance.optimise.solve import Planner, solve


def test_a_day_needs_no_prices_of_the_goals() -> None:
    """Five are ordered on the dearest day; the day as it happens ranks nobody by price."""
    case = GALLERY["benefits_by_date"]()
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    day = applied(Planner(case.network), plan, case.state, on_step(case.forecasts, 0), case.policy)
    assert day.values["lake", "release"] == pytest.approx([5])
