"""Two nights as plain values: a good one with something of everything, and one that failed."""

import datetime as dt

from waterbalance.report.lights import AreaLights, Spell
from waterbalance.report.night.scores_told import BacktestTold, LeadTold, ScoreTold, SkillTold
from waterbalance.report.night.told import (
    AlertTold,
    AttemptTold,
    ClassAhead,
    DeviceOrder,
    DifferenceTold,
    GapTold,
    NightTold,
    PlanInForce,
    SeriesAhead,
    SourceTold,
    StockTold,
    StorageAhead,
    Verdict,
)
from waterbalance.report.right_accounts import RightAccount

DAY = dt.date(2026, 3, 2)
NOW = dt.datetime(2026, 3, 1, 17, 0, tzinfo=dt.UTC)
PLAN = "ab" * 32

GOOD = NightTold(
    name="heron",
    scenario="bureau",
    day=DAY,
    run="4f0c",
    time_zone="Asia/Taipei",
    began_at=NOW,
    told_at=NOW,
    verdict=Verdict(outcome="sent", exit_code=0, plan=PLAN, commands=2),
    in_force=PlanInForce(plan=PLAN, start=DAY, valid_until=NOW + dt.timedelta(days=5), label="planned"),
    planned=True,
    rung=0,
    sources=(SourceTold(name="gauge", readings=17, series=2, newest=DAY),),
    start="warm",
    expected_on=DAY - dt.timedelta(days=1),
    stocks=(StockTold(component="lake", taken=560_000.0, expected=613_880.0, observed=True),),
    edges=(DAY, DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=11)),
    forecasts=(
        SeriesAhead(
            component="lake",
            quantity="inflow",
            unit="m3/day",
            rung=2,
            label="day-of-year climatology 2021-2026",
            members=20,
            filled=2,
            notes=("climatology instead of a fresh forecast (too old)",),
            low=(8640.0, 86400.0),
            median=(17280.0, 172800.0),
            high=(25920.0, 259200.0),
            planned=(17280.0, 172800.0),
        ),
    ),
    tables=3,
    lights=(
        AreaLights(
            "lake",
            False,
            ("lake",),
            (
                Spell(DAY, DAY, "yellow", 2, "yellow", "below", 560e3, 660e3, {"lower_curve": 0.9, "severe_curve": 0.1}),
                Spell(DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=10), "red", 4, "red", "below", 250e3, 300e3),
            ),
            1,
            2,
            DAY,
        ),
    ),
    alerts=(
        AlertTold(
            identifier="heron-1",
            kind="Alert",
            status="Exercise",
            headlines={"en-US": "Water is short", "zh-TW": "水情提醒"},
            expires=NOW + dt.timedelta(days=1),
        ),
    ),
    storages=(StorageAhead(component="lake", start=560e3, least=50e3, least_on=DAY, end=60e3, capacity=1e6),),
    supply=(ClassAhead(user_class="agriculture", demand=2e6, shortage=5e5, worst_period=DAY, worst_share=0.5),),
    attempts=(AttemptTold(rung=0, came="taken", why=(), seconds=0.1),),
    differences=(
        DifferenceTold(component="lake", quantity="release", date=DAY, before=86400.0, now=43200.0, moved=100e3),
    ),
    orders=(
        DeviceOrder(
            device="gate_a",
            structure="lake",
            state="confirmed",
            label="planned",
            unit="m3/s",
            now=0.3,
            next=0.25,
            next_at=NOW + dt.timedelta(days=1),
            valid_until=NOW + dt.timedelta(days=5),
        ),
    ),
    scores=(
        ScoreTold(
            component="lake",
            quantity="inflow",
            of="forecast",
            date=DAY - dt.timedelta(days=1),
            expected=17280.0,
            observed=25920.0,
            unit="m3/day",
            crps=4320.0,
            climatology=8640.0,
            inside=False,
        ),
    ),
    skill=(
        SkillTold(
            component="lake", quantity="inflow", unit="m3/day", days=9, crps=4320.0, bias=-8640.0, climatology=8640.0, inside=0.75
        ),
    ),
    skill_nights=30,
    backtests=(
        BacktestTold(
            component="lake",
            quantity="inflow",
            forecaster="day_of_year",
            made_on=DAY,
            origins=30.0,
            skill_climatology=0.25,
            leads=tuple(LeadTold(lead=lead, skill=1.0 - lead / 16) for lead in range(1, 11)),
        ),
    ),
    accounts=(RightAccount("lake", DAY, DAY, 1e6, 2e5, 1e5, 7e5),),
    seconds={"observe": 0.25, "plan": 2.0},
    notes=("a note of the plan",),
)  # fmt: skip

FAILED = NightTold(
    name="heron",
    scenario="bureau",
    day=DAY,
    run="4f0c",
    time_zone="Asia/Taipei",
    began_at=NOW,
    told_at=NOW,
    verdict=Verdict(
        outcome="remainder",
        exit_code=10,
        commands=2,
        silent=("gauge",),
        missing=("lake.storage",),
        missed=(DAY - dt.timedelta(days=1),),
        trouble=("no plan: no rung of the ladder holds\n  0 full plan (failed): no water",),
    ),
    in_force=PlanInForce(plan=PLAN, start=DAY - dt.timedelta(days=2), valid_until=NOW + dt.timedelta(days=3), label="planned"),
    sources=(SourceTold(name="gauge", readings=0, series=0, silent=True),),
    gaps=(GapTold(component="lake", quantity="storage", first=DAY, last=DAY + dt.timedelta(days=1)),),
)
