"""Every case of others that lies beside the repository has a test: nobody has to remember which."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent

ELSEWHERE = {"calvin_sr_whi"}
"""Belongs to the reader of other tools' models."""


def source_of(*names: str) -> str:
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)


def test_rtctools_and_ribasim(shared: Path) -> None:
    told = source_of("test_rtctools_cases.py", "test_ribasim_cases.py")
    cases = json.loads((shared / "cases" / "rtc" / "cases.json").read_text(encoding="utf-8"))["cases"]
    folders = [each.name for each in (shared / "cases" / "rtc").glob("*/*") if each.is_dir()]
    assert folders
    wanted = [*(case["id"] for case in cases), *folders]
    assert [name for name in wanted if name not in told] == []


def test_published_optima(shared: Path) -> None:
    told = source_of("test_published_optima.py", "../optimise/test_larson.py")
    found = {each.stem for each in (shared / "cases" / "optima").glob("*.json")}
    assert found
    assert {name for name in found - ELSEWHERE if name not in told} == set()
