"""Turbines under a head that follows the storage, and what their fields may not say."""

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from network.example import Example, make
from waterbalance.network.component import Component
from waterbalance.network.components.hydropower import Hydropower
from waterbalance.plan.audit import audit

HEAD = ({"storage": 0, "energy_per_volume": 0}, {"storage": 1000, "energy_per_volume": 1})


def falling_lake(**fields: object) -> Example:
    """400 are stored; 100 go through on the first day, and the rest in the ten days after it."""
    turbines: Mapping[str, object] = {"capacity": 100, "energy_per_volume": 1, "by_storage": HEAD, **fields}
    return Example(
        (
            make("reservoir", "lake", capacity=1000),
            make("hydropower", "turbines", source="lake", target="sea", **turbines),
            make("outfall", "sea"),
        ),
        {},
        stocks={("lake", "storage"): 400},
    )


def test_the_energy_is_that_of_the_mean_storage() -> None:
    """0.35 kWh for each of 100 at 350 on average, then 0.15 kWh for each of 300 at 150."""
    example = falling_lake()
    assert example.plan.values["turbines", "inflow"] == pytest.approx([100, 300], rel=1e-6)
    assert example.plan.values["turbines", "energy_made"] == pytest.approx([35, 45], rel=2e-3)
    assert 1 < example.plan.passes < 12
    assert example.plan.notes == ()
    assert [str(finding) for finding in audit(example.plan, example.network, example.forecasts)] == []


def test_the_audit_objects_to_a_head_that_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hydropower, "revise", Component.revise)
    example = falling_lake()
    findings = audit(example.plan, example.network)
    assert {finding.where.component for finding in findings} == {"turbines"}
    assert any("energy_per_volume" in finding.what for finding in findings)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"segments": ({"above": 50, "share": 1},)}, "less than that of the one before"),
        ({"segments": ({"above": 50, "share": 0.6}, {"above": 60, "share": 0.7})}, "less than that of the one before"),
        ({"segments": ({"above": 50, "share": 0.6}, {"above": 50, "share": 0.5})}, "segments must rise"),
        ({"by_storage": HEAD[::-1]}, "by_storage must rise"),
    ],
)
def test_segments_and_heads_must_be_in_order(wrong: Mapping[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        falling_lake(**wrong)
