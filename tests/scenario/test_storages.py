"""Storages whose figures cannot all be true are refused, each with its place."""

from pathlib import Path

import pytest

from scenario.folders import changed, findings_about
from waterbalance.scenario import read_scenario


@pytest.mark.parametrize(
    ("old", "new", "what", "found", "allowed"),
    [
        ("dead_storage: 100000 m3\n", "dead_storage: 2 Mm3\n", "dead_storage is more", "2e+06 m3", "at most 1e+06 m3"),
        (
            "dead_storage: 100000 m3\n",
            "dead_storage: {2020-01-01: 1 Mm3, 2026-03-02: 1.1 Mm3}\n",
            "dead_storage is more",
            "1.1e+06 m3",
            "at most 1e+06 m3",
        ),
        (
            "dead_storage: 100000 m3\n    sources: {",
            "dead_storage: 100000 m3\n    storage_target: 3 Mm3\n    sources: {storage_target: assumed, ",
            "storage_target is more",
            "3e+06 m3",
            "at most 1e+06 m3",
        ),
        (
            "lake: {target: 150000 m3}",
            "lake: {target: 15 Mm3}",
            "end condition's target is more",
            "1.5e+07 m3",
            "at most 1e+06 m3",
        ),
        (
            "    dead_storage: 100",
            "    seepage_rate: 2 /day\n    dead_storage: 100",
            "out of its range",
            "'2 /day'",
            "equal to 1",
        ),
    ],
)
def test_a_pool_beyond_the_capacity(tutorial: Path, old: str, new: str, what: str, found: str, allowed: str) -> None:
    finding = findings_about(changed(tutorial, old, new))[0]
    assert what in finding.what
    assert finding.found == found
    assert allowed in (finding.allowed or "")
    assert finding.where.component == "lake"
    assert finding.where.line
    assert finding.remedy


def test_an_observation_far_above_the_capacity_is_a_mistake_and_a_little_is_not(tutorial: Path) -> None:
    changed(tutorial, "2026-03-01,400000", "2026-03-01,1150000", file="tables/storages.csv")
    assert read_scenario(tutorial).observations["lake", "storage"].values[-1] == 1_150_000
    changed(tutorial, "2026-03-01,1150000", "2026-03-01,400000000", file="tables/storages.csv")
    finding = findings_about(tutorial)[0]
    assert finding.what == "lake is observed far above its capacity"
    assert (finding.found, finding.allowed) == ("4e+08 m3", "at most 1.2 times the capacity, 1.2e+06 m3")
    assert finding.where.date == "2026-03-01"
