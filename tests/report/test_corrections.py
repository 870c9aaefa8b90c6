"""What quality control did is counted by series and rule, and told in both languages."""

import datetime as dt
from collections.abc import Iterable

import pytest

from waterbalance.forecast.readings import Origin, Reading, Trust
from waterbalance.network.network import Network
from waterbalance.report.corrections import corrections, summary_of
from waterbalance.report.language import LANGUAGES, Language, Wording
from waterbalance.report.right_accounts import RightAccount, right_accounts
from waterbalance.sources.quality.rule import Rule
from waterbalance.sources.quality.settings import SeriesQuality

FIRST = dt.date(2022, 1, 1)


def told(day: int, *why: str, trust: Trust = Trust.DOUBTFUL, origin: Origin = Origin.ORIGINAL) -> Reading:
    return Reading(
        "lake", "inflow", FIRST + dt.timedelta(days=day), 1.0, "m3/day", "agency", dt.datetime(2022, 2, 1, tzinfo=dt.UTC),
        origin, trust, None, why,
    )  # fmt: skip


READINGS = (
    told(0, trust=Trust.RELIABLE),
    told(1, "stuck: 7 on 4 days"),
    told(1, "stuck: 7 on 4 days", "repeated: twice", trust=Trust.UNRELIABLE),
    told(3, "unit: ten times", origin=Origin.CORRECTED),
    told(2, "stuck: 7 on 4 days"),
    told(4, "gap: hold, day 1 of 1: the value held", origin=Origin.COMPLETED),
)


def test_each_series_and_rule_has_a_row() -> None:
    rows = {each.rule: each for each in summary_of(READINGS)}
    assert list(rows) == ["gap", "repeated", "stuck", "unit"]
    stuck = rows["stuck"]
    assert (stuck.series, stuck.days, stuck.count, stuck.corrected) == ("lake.inflow", 2, 3, 0)
    assert (stuck.first, stuck.last, stuck.worst) == (dt.date(2022, 1, 2), dt.date(2022, 1, 3), Trust.UNRELIABLE)
    assert rows["unit"].corrected == 1
    assert summary_of(reversed(READINGS)) == summary_of(READINGS)
    assert summary_of(READINGS[:1]) == ()


def words() -> Iterable[str]:
    """Of all rules that exist, found by their classes."""
    waiting = [Rule]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if "word" in vars(kind):
            yield kind.word


def test_every_rule_has_a_word_of_its_own_in_both_languages() -> None:
    found = sorted(words())
    assert len(found) == len(set(found)) == len(SeriesQuality.model_fields)
    for language in LANGUAGES:
        say = Wording(language)
        assert [word for word in (*found, "gap") if say.known("quality.rule", word) in {word, ""} and language == "zh-TW"] == []
        assert [say(f"quality.rule.{word}") for word in (*found, "gap")]


@pytest.mark.parametrize(("language", "trust"), [("en", "unreliable"), ("zh-TW", "不可信")])
def test_the_tables_are_told(language: Language, trust: str) -> None:
    section = corrections(summary_of(READINGS), Wording(language))
    assert [row[2] for row in section.rows][2] == trust
    assert {len(row) for row in section.rows} == {len(section.columns)}
    account = RightAccount("right", FIRST, dt.date(2022, 1, 8), 2e6, 5e5, 2.5e5, 1.25e6)
    rights = right_accounts([account], Network.of([]), Wording(language))
    assert rights.rows[0][2:] == (
        ("2.00 Mm³", "500,000 m³", "250,000 m³", "1.25 Mm³")
        if language == "en"
        else ("200 萬噸", "50.0 萬噸", "25.0 萬噸", "125 萬噸")
    )
