"""From crops to a curve to a plan: the policy `economic` cuts where the crops say that it costs least."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from gallery import case, make, pipe
from waterbalance.forecast.agriculture import CropDemand, ShortageResponse
from waterbalance.forecast.crop import Crop
from waterbalance.forecast.field_kinds import FIELD_KINDS
from waterbalance.horizon import Horizon
from waterbalance.hydrology.crop_water import GrowthStages, fao56_coefficients
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.policy.presets import economic

SEASON = Horizon((dt.date(2021, 2, 1), dt.date(2021, 5, 27)))
RICE = Crop(
    "rice", 1.0e6, (2, 20), GrowthStages(20, 30, 30, 16), fao56_coefficients("rice"), percolation=0.004, preparation_days=15,
    field=FIELD_KINDS["paddy"], harvest_value=10.0, yield_response=(1.1,),
)  # fmt: skip


@pytest.fixture(scope="module")
def response() -> ShortageResponse:
    """A dry season of rice."""
    days = pd.date_range("2018-01-01", "2021-01-31")
    past = pd.DataFrame({"evapotranspiration": 0.004, "rain": 0.0}, index=days)
    return CropDemand((RICE,), 0.8, rain_method="balance").fit(past).response(SEASON)


def test_the_cheaper_harvest_is_cut_first(response: ShortageResponse) -> None:
    """Two zones of 100 each, the second with a harvest of twice the value: by hand from the parts of the curve."""
    dear = replace(response, damage=2.0 * response.damage)
    cheap_rows, dear_rows = ([{"beyond": part.beyond, "value": part.value} for part in each.parts] for each in (response, dear))
    made = case(
        make("well_field", "wells", capacity=140),
        pipe("wells", "cheap"),
        pipe("wells", "dear"),
        make("irrigation_zone", "cheap", area=1.0, demand=100, marginal_damage=cheap_rows),
        make("irrigation_zone", "dear", area=1.0, demand=100, marginal_damage=dear_rows),
        days=(1,),
        policy=economic(),
    )
    plan = solve(made.network, made.state, made.forecasts, economic())
    assert audit(plan, made.network, made.forecasts) == ()
    shortage = {name: float(plan.values[name, "shortage"][0]) for name in ("cheap", "dear")}
    assert sum(shortage.values()) == pytest.approx(60.0, abs=0.01)
    assert shortage == pytest.approx(by_hand({"cheap": cheap_rows, "dear": dear_rows}, 60.0), abs=0.01)
    assert shortage["cheap"] > shortage["dear"]


def by_hand(rows: dict[str, list[dict[str, float]]], lacking: float) -> dict[str, float]:
    """The cheapest parts first, each as wide as its share of a demand of 100."""
    parts = []
    for name, curve in rows.items():
        ends = [*(row["beyond"] for row in curve[1:]), 1.0]
        parts += [(row["value"], name, 100.0 * (end - row["beyond"])) for row, end in zip(curve, ends, strict=True)]
    told = dict.fromkeys(rows, 0.0)
    for _, name, width in sorted(parts):
        taken = min(width, lacking)
        told[name], lacking = told[name] + taken, lacking - taken
    return told
