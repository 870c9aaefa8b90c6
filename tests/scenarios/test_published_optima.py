"""Optima that others have published: the same objective, and storages, releases and marginal values where they are unique.

One unit of theirs is a million cubic metres here (a thousand where it is an acre-foot).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gallery import case, in_order, least, make, most
from waterbalance.network.component import Component
from waterbalance.network.fields import Upstream
from waterbalance.network.ledger import Ledger
from waterbalance.network.step import Step
from waterbalance.optimise.solve import Planner, solve
from waterbalance.plan.audit import audit
from waterbalance.policy.goal import Goal, Term
from waterbalance.scenario import forecast, horizon_of, read_scenario, state_at
from written_scenario import best, plan_folder, write_scenario

UNIT = 1e6


def published(shared: Path, name: str) -> Any:  # noqa: ANN401 (whatever the file holds)
    """One of the published cases."""
    return json.loads((shared / "cases" / "optima" / f"{name}.json").read_text(encoding="utf-8"))


def test_reservoir_hydropower_irrigation_bishop_1999(shared: Path, tmp_path: Path) -> None:
    data = published(shared, "bishop_1999_reservoir_hydro_irrigation")
    folder = write_scenario(
        tmp_path / "bishop",
        data["periods"],
        {
            "lake": {"type": "reservoir", "capacity": f"{data['capacity']} Mm3", "spill_to": "below"},
            "turbines": {
                "type": "hydropower",
                "source": "lake",
                "target": "below",
                "capacity": f"{data['turbine_capacity']} Mm3/day",
                "energy_per_volume": "1 kWh/m3",
            },
            "below": {"type": "junction"},
            "canal": {"type": "canal", "source": "below", "target": "fields"},
            "fields": {"type": "irrigation_zone", "area": "1 km2", "demand": "1000 Mm3/day"},
            "river": {"type": "river_reach", "source": "below", "target": "sea"},
            "sea": {"type": "outfall"},
        },
        [
            least("shortfall"),
            least("target_shortfall"),
            Goal(
                name="benefit",
                sense="maximise",
                terms=(Term(measure="energy_made", benefit="price"), Term(measure="delivery", benefit="price")),
            ),
        ],
        rules={"at_A": {"type": "minimum_flow", "subject": "river", "minimum": f"{data['min_flow_at_A']} Mm3/day"}},
        storages={"lake": f"{data['initial_storage']} Mm3"},
        targets={"lake": f"{data['final_storage_min']} Mm3"},
        series={
            "lake.inflow [Mm3/day]": data["inflow"],
            "turbines.price [1]": data["hydropower_benefit"],
            "fields.price [1]": data["irrigation_benefit"],
        },
    )
    plan = plan_folder(folder)
    assert best(plan, "benefit") / UNIT == pytest.approx(data["published_optimum"], rel=1e-6)
    solution, marginals = data["published_solution"], data["published_marginals"]
    assert plan.values["lake", "storage"] / UNIT == pytest.approx(solution["storage"], rel=1e-5)
    assert plan.values["turbines", "inflow"] / UNIT == pytest.approx(solution["hydro"], rel=1e-5)
    assert plan.values["fields", "delivery"] / UNIT == pytest.approx(solution["irrigation"], rel=1e-5, abs=1e-5)
    value = plan.ranks[-1].water_value
    assert value["lake"] == pytest.approx(marginals["inflow_value"], rel=1e-6)
    assert value["lake"][-1] == pytest.approx(-marginals["end_storage"], rel=1e-6)
    assert -value["below"] == pytest.approx(marginals["min_flow_at_A"], rel=1e-6)
    gain = np.array(data["hydropower_benefit"]) + value["below"] - value["lake"]
    assert gain == pytest.approx(marginals["turbine_capacity"], abs=1e-6)


@pytest.mark.parametrize("piece", [1.0, 0.2])
def test_three_users_loucks_and_van_beek(piece: float, shared: Path, tmp_path: Path) -> None:
    """Concave benefits in straight pieces, each a pipe of its own; the price of water lies between two slopes."""
    data = published(shared, "loucks_van_beek_three_users")
    total = data["total"]
    components: dict[str, dict[str, object]] = {"source": {"type": "well_field", "capacity": f"{total} Mm3/day"}}
    terms = []
    for user, (a, b) in enumerate(zip(data["a"], data["b"], strict=True), start=1):
        components[f"user{user}"] = {"type": "industry", "demand": f"{total} Mm3/day"}
        for number in range(round(total / piece)):
            pipe = f"user{user}-piece{number}"
            capacity = f"{piece} Mm3/day"
            components[pipe] = {"type": "pipeline", "source": "source", "target": f"user{user}", "capacity": capacity}
            slope = a - b * piece * (2 * number + 1)
            terms.append(Term(measure="throughput", components=(pipe,), weight=slope))
    goal = Goal(name="net benefit", sense="maximise", terms=tuple(terms))
    plan = plan_folder(write_scenario(tmp_path / "loucks", 1, components, [goal]))
    assert best(plan, "net benefit") / UNIT == pytest.approx(data["published_optimum"], rel=1e-9)
    delivered = [plan.values[f"user{user}", "delivery"][0] / UNIT for user in (1, 2, 3)]
    assert delivered == pytest.approx(data["published_solution"], rel=1e-9)
    half_a_step = min(data["b"]) * piece
    price = plan.ranks[-1].water_value["source"][0]
    assert price == pytest.approx(data["published_shadow_price"], abs=half_a_step * (1 + 1e-9))


def test_three_users_by_the_damage_of_their_shortages(shared: Path, tmp_path: Path) -> None:
    """The same three: each wants what is best for it, a / 2b, and lacking s of that it loses b s^2: in parts of a third.

    The published optimum lies on corners of the parts, so that straight parts are exact.
    """
    data = published(shared, "loucks_van_beek_three_users")
    part = 1 / 3
    components: dict[str, dict[str, object]] = {"source": {"type": "well_field", "capacity": f"{data['total']} Mm3/day"}}
    wanted = [a / (2 * b) for a, b in zip(data["a"], data["b"], strict=True)]
    for user, (most_wanted, b) in enumerate(zip(wanted, data["b"], strict=True), start=1):
        parts = [
            {"beyond": number * part / most_wanted, "value": f"{b * part * (2 * number + 1)} USD/m3"}
            for number in range(round(most_wanted / part))
        ]
        components[f"user{user}"] = {"type": "industry", "demand": f"{most_wanted} Mm3/day", "marginal_damage": parts}
        components[f"pipe{user}"] = {"type": "pipeline", "source": "source", "target": f"user{user}"}
    plan = plan_folder(write_scenario(tmp_path / "loucks", 1, components, [least("damage")]))
    benefit_of_all = sum(a**2 / (4 * b) for a, b in zip(data["a"], data["b"], strict=True))
    assert benefit_of_all - best(plan, "damage") / UNIT == pytest.approx(data["published_optimum"], rel=1e-6)
    delivered = [plan.values[f"user{user}", "delivery"][0] / UNIT for user in (1, 2, 3)]
    assert delivered == pytest.approx(data["published_solution"], rel=1e-6)
    price = plan.ranks[-1].water_value["source"][0]
    assert price == pytest.approx(data["published_shadow_price"], abs=max(data["b"]) * part)


def test_on_and_off_stream_reservoirs_mckinney_and_savitsky(shared: Path, tmp_path: Path) -> None:
    """Period 1 is the initial state; every period must release just what is required, and nothing may spill.

    Each of the three goals before may give way by a ten-millionth of the largest volume, so six digits are not all equal.
    """
    data = published(shared, "mckinney_savitsky_on_offstream_reservoirs")

    def reservoir(bounds: list[float]) -> dict[str, object]:
        return {"type": "reservoir", "dead_storage": f"{bounds[0]} Mm3", "capacity": f"{bounds[1]} Mm3"}

    def transfer(source: str, target: str) -> dict[str, object]:
        return {"type": "pipeline", "source": source, "target": target, "capacity": f"{data['transfer_max']} Mm3/day"}

    folder = write_scenario(
        tmp_path / "offstream",
        data["periods"] - 1,
        {
            "on_stream": reservoir(data["s1_bounds"]),
            "off_stream": reservoir(data["s2_bounds"]),
            "away": transfer("on_stream", "off_stream"),
            "back": transfer("off_stream", "on_stream"),
            "canal": {"type": "canal", "source": "on_stream", "target": "users"},
            "users": {"type": "irrigation_zone", "area": "1 km2"},
        },
        [
            least("below_dead_storage"),
            least("spill"),
            least("shortage"),
            Goal(name="water taken back", terms=(Term(measure="throughput", components=("back",)),)),
        ],
        storages={"on_stream": f"{data['s1_initial']} Mm3", "off_stream": f"{data['s2_initial']} Mm3"},
        series={
            "on_stream.inflow [Mm3/day]": data["inflow"][1:],
            "users.demand [Mm3/day]": data["required_release"][1:],
        },
    )
    plan = plan_folder(folder)
    assert [rank.value / UNIT for rank in plan.ranks] == pytest.approx([0, 0, 0, data["published_optimum"]], rel=1e-5, abs=1e-6)


def test_source_selection_rosenberg_2015(shared: Path, tmp_path: Path) -> None:
    """A source that is chosen costs its capital; the wholesaler sells no less than a minimum."""
    data = published(shared, "rosenberg_2015_source_selection_milp")
    acre_foot = 1e3
    components: dict[str, dict[str, object]] = {"town": {"type": "household_supply", "demand": f"{data['demand']} dam3/day"}}
    terms = []
    for source, capital, cost, capacity, least_use in zip(
        data["sources"], data["capital"], data["op_cost"], data["max_capacity"], data["min_use"], strict=True
    ):
        # A source that may run as low as it likes has a switch all the same: for its capital.
        load = max(least_use / capacity, 1e-6)
        components[source] = {"type": "desalination_plant", "capacity": f"{capacity} dam3/day", "minimum_load": load}
        components[f"{source}-pipe"] = {"type": "pipeline", "source": source, "target": "town"}
        terms.append(Term(measure="running", components=(source,), weight=capital))
        terms.append(Term(measure="production", components=(source,), weight=cost / acre_foot))
    folder = write_scenario(tmp_path / "rosenberg", 1, components, [least("shortage"), Goal(name="cost", terms=tuple(terms))])
    plan = plan_folder(folder)
    assert best(plan, "cost") == pytest.approx(data["published_optimum"], rel=1e-6)
    assert [plan.values[source, "running"][0] for source in data["sources"]] == [1, 0]
    scenario = read_scenario(folder)
    horizon = horizon_of(scenario)
    relaxed = Planner(scenario.network, switch_steps=0).plan(
        state_at(scenario, horizon.start), forecast(scenario).choose(scenario.planning_values), scenario.policy
    )
    assert best(relaxed, "cost") == pytest.approx(data["published_lp_relaxation"], rel=1e-6)


class _Crop(Component):
    """A crop whose area is planned: each acre asks for a fixed amount of everything, and brings a return.

    taken = need x area, from every source
    """

    sources_of: tuple[Upstream, ...]
    """What the crop needs: land, and water by month."""

    needs: Mapping[str, float]
    """Amount for one acre, by source."""

    income: float
    """Return of one acre. [$]"""

    def formulate(self, step: Step) -> None:
        area = step.flow(self, "area")
        for source in self.sources_of:
            step.loss(self, f"from {source}", self.needs[source] * area, at=source)
        step.measure(self, "income", self.income * area, unit="$")

    def check(self, ledger: Ledger) -> None:
        area = ledger.value(self, "area")
        for source in self.sources_of:
            ledger.loses(source, self.needs[source] * area)
        ledger.equal(self, "income", ledger.value(self, "income"), self.income * area)


def test_crop_mix_bishop_1999(shared: Path) -> None:
    """Land and the water of three months are four sources of one step; the crops are a type that a user might add."""
    data = published(shared, "bishop_1999_hay_grain")
    limits = {"land": data["land_limit"], **data["water_limit"]}
    crops = [
        _Crop(
            name=crop,
            sources_of=tuple(limits),
            needs=dict(zip(limits, (1, *data["water_need"][crop]), strict=True)),
            income=income,
        )
        for crop, income in zip(data["crops"], data["return_per_acre"], strict=True)
    ]
    wells = [make("well_field", name, capacity=limit) for name, limit in limits.items()]
    mix = case(*wells, *crops, days=(1,), policy=in_order(most("income")))
    plan = solve(mix.network, mix.state, mix.forecasts, mix.policy)
    assert audit(plan, mix.network, mix.forecasts) == ()
    assert best(plan, "most income") == pytest.approx(data["published_optimum"], rel=1e-9)
    assert {crop: plan.values[crop, "area"][0] for crop in data["crops"]} == pytest.approx(data["published_solution"])
    value = {name: plan.ranks[0].water_value[name][0] for name in limits}
    assert value == pytest.approx(data["published_marginals"], abs=1e-6)
