"""Day after day: state handed over, books that close, foresight and its lack, and no look into the future."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import waterbalance as wb
from operate.rivers import DAYS, END, LAKE_AND_RIVER, START, known_ahead, lake_and_river, record, write
from waterbalance.errors import InputError, UsageError
from waterbalance.operate.rolling.simulation import Simulation

Key = tuple[str, str]


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    """Three weeks with forecasts that are wrong every day."""
    return wb.simulate(lake_and_river(tmp_path_factory.mktemp("wrong") / "scenario"), START, END)


@pytest.fixture(scope="module")
def perfect(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    """The same with the record known ahead."""
    return wb.simulate(known_ahead(tmp_path_factory.mktemp("perfect") / "scenario"), START, END)


def volumes(seed: int, mean: float) -> np.ndarray:
    """The record as daily volumes [m3]."""
    flows = record(seed, mean)
    return np.array([flows[day] * 86_400 for day in DAYS])


def test_the_audit_finds_nothing_on_any_day_or_over_all(wrong: Simulation, perfect: Simulation) -> None:
    assert wrong.findings == () == perfect.findings
    assert wrong.days == DAYS


def test_the_day_brings_what_was_observed(wrong: Simulation) -> None:
    np.testing.assert_allclose(wrong.applied.givens["lake", "inflow"], volumes(1, 0.3))
    np.testing.assert_allclose(wrong.applied.givens["weir", "inflow"], volumes(2, 0.45))


def test_the_whole_books_close(wrong: Simulation) -> None:
    """Storage and water under way before + inflow = use + losses + sea + storage and water under way after."""
    values = wrong.applied.values
    # 36 hours of the canal were full of 30 000 m3 a day; now the last day and half the day before are in it.
    under_way = 1.5 * 30_000, values["canal", "inflow"][-1] + 0.5 * values["canal", "inflow"][-2]
    stored = 700_000.0, values["lake", "storage"][-1]
    brought = volumes(1, 0.3).sum() + volumes(2, 0.45).sum()
    lost = sum(values[key].sum() for key in (("lake", "evaporation"), ("canal", "conveyance_loss"), ("pipe", "leakage")))
    used = values["fields", "delivery"].sum() + values["town", "delivery"].sum()
    to_sea = values["lake", "spill"].sum() + values["river", "outflow"].sum()
    assert used > 5e5
    assert lost > 1e5
    assert stored[0] + under_way[0] + brought == pytest.approx(used + lost + to_sea + stored[1] + under_way[1], abs=1.0)


def test_storage_is_handed_over(wrong: Simulation) -> None:
    """Evaporation is 4 mm on a surface in proportion to the storage of the evening before."""
    before = np.concatenate([[700_000.0], wrong.applied.values["lake", "storage"][:-1]])
    np.testing.assert_allclose(wrong.applied.values["lake", "evaporation"], 0.004 * 400_000 * before / 2e6, atol=0.01)


def test_water_under_way_is_handed_over(wrong: Simulation) -> None:
    """What leaves the canal entered half a day more than one day earlier."""
    entered = np.concatenate([[30_000.0, 30_000.0], wrong.applied.values["canal", "inflow"]])
    arrived = 0.5 * entered[:-2] + 0.5 * entered[1:-1]
    np.testing.assert_allclose(wrong.applied.values["canal", "outflow"], 0.8 * arrived, atol=0.01)


def test_a_licence_is_handed_over(perfect: Simulation) -> None:
    """In any four days the canal takes 120 000 m3; it would take 50 000 m3 a day."""
    entered = np.concatenate([np.zeros(3), perfect.applied.values["canal", "inflow"]])
    # Nothing of the days before the start counts here but what the state says of them: 30 000 m3 a day.
    entered[:3] = 30_000.0
    last_four_days = np.convolve(entered, np.ones(4), mode="valid")
    assert (last_four_days <= 120_000.0 + 1.0).all()
    assert (last_four_days[:4] > 120_000.0 - 1.0).all()


def test_perfect_forecasts_give_the_one_long_plan(perfect: Simulation, tmp_path: Path) -> None:
    plan = wb.plan_scenario(known_ahead(tmp_path / "scenario")).plan
    assert plan.horizon == perfect.applied.horizon
    for goal in ("fields", "town"):
        assert perfect.applied.values[goal, "shortage"].sum() == pytest.approx(plan.values[goal, "shortage"].sum(), abs=20.0)
    assert perfect.applied.values["lake", "storage"][-1] == pytest.approx(plan.values["lake", "storage"][-1], abs=20.0)


def test_perfect_forecasts_of_a_unique_plan_give_all_of_it() -> None:
    """The tutorial: every value of every day, to a cubic metre and a half."""
    scenario = wb.read_scenario(Path(__file__).resolve().parents[2] / "scenarios" / "tutorial")
    plan = wb.plan_scenario(scenario).plan
    applied = wb.simulate(scenario, plan.horizon.start, plan.horizon.end - dt.timedelta(days=1)).applied
    assert set(applied.values) == set(plan.values)
    for key, values in plan.values.items():
        np.testing.assert_allclose(applied.values[key], values, atol=1.5, err_msg=str(key))


def test_foresight_and_its_lack_are_named(wrong: Simulation, perfect: Simulation) -> None:
    assert any("perfect foresight" in note and "lake.inflow, weir.inflow" in note for note in perfect.notes)
    assert not any("foresight" in note for note in wrong.notes)
    assert wrong.applied.labels["lake", "inflow"] == "observed"


TOMORROW_IS_WORTH_MORE = """
waterbalance: 1
name: tomorrow
time_zone: Asia/Taipei
currency: NTD
horizon: {start: 2021-03-01, last_day: 2021-03-02, daily_steps: 2}
policy:
  name: worth
  goals:
    - name: damage
      terms:
        - {measure: shortage, user_classes: [agriculture], weight: 1}
        - {measure: shortage, user_classes: [industry], weight: 5}
components:
  pond: {type: reservoir, capacity: 100 m3}
  ditch: {type: canal, source: pond, target: fields}
  pipe: {type: pipeline, source: pond, target: fab}
  fields: {type: irrigation_zone, area: 1 ha}
  fab: {type: fab}
state: {file: storages.csv, oldest: 1 days}
tables: [{file: demand.csv}]
"""


@pytest.mark.parametrize(("myopic", "fields", "fab"), [(False, (0, 0), (0, 10)), (True, (10, 0), (0, 0))])
def test_who_looks_ahead_keeps_the_water_for_tomorrow(
    tmp_path: Path, myopic: bool, fields: tuple[float, ...], fab: tuple[float, ...]
) -> None:
    """10 m3 are stored; the fields want them today for 1 each, the works tomorrow for 5 each."""
    tables = {
        "storages.csv": "date,pond.storage [m3]\n2021-03-01,10\n",
        "demand.csv": "date,fields.demand [m3/day],fab.demand [m3/day]\n2021-03-01,10,0\n2021-03-02,0,10\n",
    }
    scenario = write(tmp_path / "scenario", TOMORROW_IS_WORTH_MORE, tables)
    simulation = wb.simulate(scenario, dt.date(2021, 3, 1), dt.date(2021, 3, 2), myopic=myopic)
    assert simulation.findings == ()
    np.testing.assert_allclose(simulation.applied.values["fields", "delivery"], fields, atol=0.01)
    np.testing.assert_allclose(simulation.applied.values["fab", "delivery"], fab, atol=0.01)


@pytest.mark.parametrize("poisoned", ["lake", "weir"])
def test_a_poisoned_future_changes_nothing(tmp_path: Path, wrong: Simulation, poisoned: str) -> None:
    day = dt.date(2021, 3, 15)
    flows = record(*{"lake": (1, 0.3), "weir": (2, 0.45)}[poisoned])
    poison = {each: 77.0 if each > day else flow for each, flow in flows.items()}
    simulation = wb.simulate(lake_and_river(tmp_path / "scenario", **{poisoned: poison}), START, END)
    known = (day - START).days + 1
    for key, values in wrong.applied.values.items():
        assert simulation.applied.values[key][:known].tolist() == values[:known].tolist(), key
    assert simulation.applied.values[poisoned, "inflow"][known:].min() > 6e6


def test_a_mean_over_ten_days_is_not_known_before_they_are_over(tmp_path: Path) -> None:
    """Two records that differ in the period of 11 to 20 March only: no plan of 11 March knows it, the day itself does."""
    days = [day for day in record(2, 0.45) if day.day in {1, 11, 21}]
    scenarios = []
    for number, flow in enumerate((0.1, 9.0)):
        flows = {day: flow if day == dt.date(2021, 3, 11) else 0.45 for day in days}
        scenarios.append(lake_and_river(tmp_path / str(number), weir=flows))
    first, second = (wb.simulate(scenario, dt.date(2021, 3, 5), dt.date(2021, 3, 11)).applied for scenario in scenarios)
    for key in (("lake", "storage"), ("intake", "inflow"), ("canal", "inflow")):
        assert first.values[key][:6].tolist() == second.values[key][:6].tolist(), key
    # On the 11th itself the intake was told the same; the wet river leaves no more of it at the town than that.
    assert second.values["river", "inflow"][6] > 9.0 * 86_400 - 50_000 - 1
    assert second.values["feeder", "inflow"][6] <= 20_000


def test_gates_follow_their_orders_and_the_river_takes_the_rest(tmp_path: Path) -> None:
    """Always 0.45 m3/s until 9 March; then more: the town gets what was ordered, the sea the difference."""
    steady = dict.fromkeys(record(2, 0.45), 0.45)
    usual = wb.simulate(lake_and_river(tmp_path / "usual", weir=steady), START, dt.date(2021, 3, 10)).applied
    flood = {**steady, dt.date(2021, 3, 10): 3.0}
    wet = wb.simulate(lake_and_river(tmp_path / "wet", weir=flood), START, dt.date(2021, 3, 10)).applied
    for link in ("intake", "feeder", "canal", "pipe"):
        assert wet.values[link, "inflow"][-1] == pytest.approx(usual.values[link, "inflow"][-1], abs=0.01)
    assert wet.values["river", "inflow"][-1] == pytest.approx(usual.values["river", "inflow"][-1] + 2.55 * 86_400, abs=0.1)


def test_where_water_lacks_the_policy_says_who_goes_short(tmp_path: Path) -> None:
    """The river falls from 0.45 m3/s to 25 000 m3 a day: the town keeps its intake, the lake is not fed."""
    steady = dict.fromkeys(record(2, 0.45), 0.45)
    drought = {**steady, dt.date(2021, 3, 10): 25_000 / 86_400}
    usual = wb.simulate(lake_and_river(tmp_path / "usual", weir=steady), START, dt.date(2021, 3, 10)).applied
    dry = wb.simulate(lake_and_river(tmp_path / "dry", weir=drought), START, dt.date(2021, 3, 10)).applied
    assert usual.values["intake", "inflow"][-1] + usual.values["feeder", "inflow"][-1] > 25_001
    assert dry.values["intake", "inflow"][-1] == pytest.approx(min(25_000, usual.values["intake", "inflow"][-1]), abs=1.0)
    assert dry.values["river", "inflow"][-1] == pytest.approx(0.0, abs=1.0)


def test_water_without_another_way_out_exceeds_orders_with_a_note(tmp_path: Path) -> None:
    """Without the river everything must go through the feeder and the intake."""
    text = "\n".join(line for line in LAKE_AND_RIVER.splitlines() if not line.startswith("  river:"))
    text = text.replace("target: lake, capacity: 20000 m3/day}", "target: lake}")
    steady = dict.fromkeys(record(2, 0.45), 0.45)
    flood = {**steady, dt.date(2021, 3, 7): 3.0}
    simulation = wb.simulate(lake_and_river(tmp_path / "scenario", weir=flood, text=text), START, dt.date(2021, 3, 8))
    assert simulation.findings == ()
    assert [note for note in simulation.notes if "orders were exceeded: on 1 days, first on 2021-03-07" in note]
    values = simulation.applied.values
    assert values["feeder", "inflow"][2] + values["intake", "inflow"][2] == pytest.approx(3.0 * 86_400, abs=0.1)


def test_a_record_that_is_too_short_before_is_used_whole_and_named(tmp_path: Path) -> None:
    flows = {day: flow for day, flow in record(2, 0.45).items() if day >= dt.date(2021, 1, 1)}
    simulation = wb.simulate(lake_and_river(tmp_path / "scenario", weir=flows), START, START)
    assert any("too short before: weir.inflow" in note for note in simulation.notes)


def test_what_nobody_observed_comes_as_planned_and_is_named(tmp_path: Path) -> None:
    flows = {day: flow for day, flow in record(2, 0.45).items() if day < dt.date(2021, 3, 7)}
    simulation = wb.simulate(lake_and_river(tmp_path / "scenario", weir=flows), START, dt.date(2021, 3, 8))
    assert simulation.applied.labels["weir", "inflow"] == "observed on 2 of 4 days, else as planned"
    assert any("nobody observed them: weir.inflow" in note for note in simulation.notes)
    assert simulation.applied.values["weir", "inflow"][2] > 0


def test_days_that_are_none_are_refused(tmp_path: Path) -> None:
    scenario = lake_and_river(tmp_path / "scenario")
    with pytest.raises(UsageError, match="ends on its first day or later"):
        wb.simulate(scenario, END, START)
    with pytest.raises(InputError, match="the horizon has no steps"):
        wb.simulate(scenario, START, END + dt.timedelta(days=1))


def test_the_result_is_tidy(wrong: Simulation) -> None:
    frame = wrong.to_frame()
    assert list(frame.columns) == ["day", "component", "quantity", "value", "unit"]
    assert len(frame) == len(DAYS) * len(wrong.applied.values)
    fields = wrong.by_class()["agriculture"]
    assert fields.demand == pytest.approx(20 * 40_000)
    assert fields.shortage == pytest.approx(wrong.applied.values["fields", "shortage"].sum())
    (lake,) = wrong.storages()
    assert lake.before == 700_000.0
    assert wrong.closing.stocks["lake", "storage"] == lake.after
    assert wrong.closing.day == END + dt.timedelta(days=1)


def test_days_that_are_planned_alone_send_for_no_water_that_comes_later(tmp_path: Path) -> None:
    scenario = lake_and_river(tmp_path / "scenario")
    simulation = wb.simulate(scenario, START, START + dt.timedelta(days=1), myopic=True)
    assert simulation.applied.values["canal", "inflow"].tolist() == [0, 0]
    assert [note for note in simulation.notes if "canal: it arrives on a later day" in note]
    assert not [note for note in wb.simulate(scenario, START, START).notes if "later day" in note]


ONE_CUBIC_METRE = """
waterbalance: 1
name: summer_time
time_zone: Europe/Berlin
horizon: {start: 2026-03-28, last_day: 2026-04-02, daily_steps: 3}
policy: {preset: drought_practice}
components:
  lake: {type: reservoir, capacity: 1 Mm3}
  canal: {type: canal, source: lake, target: fields, capacity: 1 m3/s}
  fields: {type: irrigation_zone, area: 100 ha, demand: 2 m3/s}
state: {file: storages.csv}
"""


def test_a_day_of_23_hours_brings_and_asks_for_less(tmp_path: Path) -> None:
    scenario = write(tmp_path / "scenario", ONE_CUBIC_METRE, {"storages.csv": "date,lake.storage [Mm3]\n2026-03-28,1\n"})
    simulation = wb.simulate(scenario, dt.date(2026, 3, 28), dt.date(2026, 3, 30))
    assert simulation.findings == ()
    assert simulation.applied.values["canal", "inflow"] == pytest.approx([86_400, 82_800, 86_400], abs=0.01)
    assert simulation.applied.values["fields", "shortage"] == pytest.approx([86_400, 82_800, 86_400], abs=0.01)
