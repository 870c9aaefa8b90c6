"""The sections of the night's file that the ladders read: quantities have their units."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from waterbalance.operate.configuring.expect_settings import ExpectSettings
from waterbalance.operate.planning.ladder_settings import LadderSettings

FROM_FILE = {"from_file": True}


def test_the_example_of_the_readme_is_read() -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    section = readme.split("### When there is no plan")[1].split("```yaml\n")[1].split("```")[0]
    settings = LadderSettings.model_validate(YAML(typ="safe").load(section)["ladder"], context=FROM_FILE)
    assert [(each.component, each.field, each.to) for each in settings.relaxations] == [
        ("fish_flow", "minimum", 0.5),
        ("main_canal", "capacity", pytest.approx(1.1)),
        ("ramp", None, None),
    ]
    assert settings.rung == pytest.approx(600 / 86_400)
    assert settings.below_lower == {"agriculture": 0.75}


def test_forecasts_have_ages_in_days() -> None:
    settings = ExpectSettings.model_validate(
        {"freshness": {"lake.inflow": "36 h"}, "oldest_previous": "2 days"}, context=FROM_FILE
    )
    assert settings.freshness == {"lake.inflow": pytest.approx(1.5)}
    assert settings.oldest_previous == pytest.approx(2)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rung": 600}, "has no unit"),
        ({"relaxations": [{"component": "canal", "field": "capacity"}]}, "field and to belong together"),
        ({"relaxations": [{"component": "canal", "field": "capacity", "to": "-10 %"}]}, "greater than or equal to 0"),
        ({"below_severe": {"lifeline": "90 %"}}, "lifelines are cut by no curve"),
        ({"deterministic": {"inflow": 1.5}}, "less than or equal to 1"),
        ({"rungs": 3}, "Extra inputs"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        LadderSettings.model_validate(fields, context=FROM_FILE)
