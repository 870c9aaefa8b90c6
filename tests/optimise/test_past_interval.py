"""A flow compared with the step before: a past told as one volume over several days counts by the day."""

import datetime as dt

import pytest

from gallery import START, canal, case, make, river_to_sea, zone
from waterbalance.network.state import Past
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit


def test_a_past_over_five_days_counts_by_the_day() -> None:
    """100 in the last five days are 20 a day: the canal may rise to 30, 40 and 50 a day; the audit says so too."""
    five_days_ago = START - dt.timedelta(days=5)
    made = case(
        *river_to_sea(inflow=200),
        canal("weir", "zone"),
        zone(demand=100),
        make("ramp_limit", "slowly", subject="canal to zone", rise=10, fall=10),
        days=(1, 1, 10),
        past={
            ("canal to zone", "inflow"): (
                Past(START - dt.timedelta(days=6), five_days_ago, 70),
                Past(five_days_ago, START, 100),
            )
        },
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    assert plan.values["canal to zone", "inflow"] == pytest.approx([30, 40, 500], abs=1e-3)
    assert audit(plan, made.network) == ()
