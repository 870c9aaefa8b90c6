"""What a manifest says of a run."""

import hashlib
import importlib.metadata
import json
from dataclasses import replace

from waterbalance.report.input_times import input_times
from waterbalance.report.json_text import json_text
from waterbalance.report.manifest import Circumstances, manifest, stopped_by_clock
from waterbalance.report.planned import Planned, SearchLimits
from waterbalance.scenario.forecasters import Recipe
from waterbalance.scenario.series import Series


def test_everything_that_is_installed_is_told_and_hashed(planned: Planned) -> None:
    told = manifest(planned, {})
    installed = told["installed"]
    assert isinstance(installed, dict)
    assert installed["highspy"] == importlib.metadata.version("highspy")
    assert {each.name for each in importlib.metadata.distributions()} | {"python"} == set(installed)
    assert told["installed_hash"] == hashlib.sha256(json.dumps(installed, sort_keys=True).encode()).hexdigest()


def test_choices_and_circumstances_are_told(planned: Planned) -> None:
    around = Circumstances(
        configuration="c" * 64,
        parent="the run before",
        known={"agency": {"known_at": "2026-11-26T02:30:00+08:00"}},
        overrides=({"quantity": "flow", "value": 0.5},),
        from_inputs=False,
    )
    told = manifest(replace(planned, limits=SearchLimits(2.5, 100)), {"plan.csv": "h"}, around)
    assert told["options"] == {"time_limit": 2.5, "node_limit": 100, "threads": 1, "switch_steps": planned.plan.switch_steps}
    assert (told["configuration"], told["parent"], told["from_inputs"]) == ("c" * 64, "the run before", False)
    assert told["overrides"] == [{"quantity": "flow", "value": 0.5}]
    assert told["time_zone"] == "Asia/Taipei"
    times = told["input_times"]
    assert isinstance(times, dict)
    assert times["storages.csv"] == {"first": "2021-02-05", "last": "2021-02-05"}
    assert times["agency"] == {"known_at": "2026-11-26T02:30:00+08:00"}
    assert json.loads(json_text(told)) == json.loads(json.dumps(json.loads(json_text(told))))


def test_issues_of_what_is_to_come_are_told(planned: Planned) -> None:
    named = next(iter(planned.scenario.observations.values()))

    def column(name: str) -> tuple[tuple[str, str], Series]:
        return ("ensemble", name), named

    recipe = Recipe.__new__(Recipe)
    columns = dict([column("2021-02-03 0"), column("2021-02-04 0"), column("rain"), column("no day")])
    object.__setattr__(recipe, "columns", columns)
    scenario = replace(planned.scenario, forecasts={("upper_lake", "inflow"): recipe})
    assert input_times(scenario)["storages.csv"]["issued"] == "2021-02-04"


def test_stops_of_the_clock_are_found() -> None:
    told = {
        "solver": [
            {"goal": "a", "status": "finished"},
            {"goal": "b", "status": "time limit"},
            {"goal": "c", "status": "work limit"},
        ],
        "turns": [{"canal": "d", "stopped_by": "time limit"}, {"canal": "e", "stopped_by": "node limit"}],
    }
    assert stopped_by_clock(told) == ("b", "d")
    assert stopped_by_clock({}) == ()
