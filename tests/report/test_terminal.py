"""The tables of a terminal."""

import dataclasses
import io

import pytest
from rich.console import Console

from waterbalance.errors import Finding
from waterbalance.report.language import Language, Wording
from waterbalance.report.planned import Planned
from waterbalance.report.summary import Summary, summarise
from waterbalance.report.terminal import terminal_summary


def shown(summary: Summary, planned: Planned, language: Language, width: int = 140) -> str:
    out = io.StringIO()
    Console(file=out, width=width, no_color=True).print(terminal_summary(summary, planned.scenario.network, Wording(language)))
    return out.getvalue()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Upper lake", "24.0 Mm³", "blue", "Agriculture", "6. agriculture", "at least lower curve", "Water for fish")),
        ("zh-TW", ("上湖", "2,400 萬噸", "藍燈", "農業用水", "不低於下限", "魚類基流", "第 1 階段")),
    ],
)
def test_what_a_planner_wants(planned: Planned, summary: Summary, language: Language, words: tuple[str, ...]) -> None:
    text = shown(summary, planned, language)
    for word in words:
        assert word in text


def test_a_narrow_terminal_still_shows_every_storage(planned: Planned, summary: Summary) -> None:
    text = shown(summary, planned, "en", width=80)
    assert "Lower" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_findings_come_with_the_tables(planned: Planned) -> None:
    unsound = summarise(dataclasses.replace(planned, findings=(Finding("the balance does not close"),), schedule=None))
    assert "the balance does not close" in shown(unsound, planned, "en")
