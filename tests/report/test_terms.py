"""Every quantity that a component or rule declares has a name in both languages, and volumes have one unit in each."""

import json

import pytest

from network.examples import EXAMPLES
from waterbalance.network.component import component_types
from waterbalance.optimise.compile import compile_step
from waterbalance.report.figures.flows import flows_figure
from waterbalance.report.figures.storage import storage_figure
from waterbalance.report.language import Language, Wording
from waterbalance.report.planned import Planned
from waterbalance.report.provenance import provenance
from waterbalance.report.storages import storage_with_opening
from waterbalance.report.texts.zh_tw_terms import TERMS

CHINESE = Wording("zh-TW")


def declared() -> list[str]:
    """Measures of all examples, and what may change by date; a measure of a stage or class has its name behind a space."""
    measures = {
        key[1].split(" ", maxsplit=1)[0] for example in EXAMPLES.values() for key in compile_step(example.network).measures
    }
    varying = {name for kind in component_types().values() for name in kind.varying}
    return sorted(measures | varying)


def test_every_declared_quantity_has_a_chinese_name() -> None:
    """Add what is missing to waterbalance/report/texts/zh_tw_terms.py."""
    english = [name for name in declared() if CHINESE.quantity(name).isascii()]
    assert english == []


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("recorded", "實測值"),
        ("by date in the scenario", "情境檔依日期所列"),
        ("climatology 2013-2021, 8 years (0.3 of 100 members)", "2013-2021 年各旬紀錄（8 年）（100 組成員之 30% 分位數）"),
        ("people x litres a head (median of 100 members)", "人口 × 每人每日用水量（100 組成員之中位數）"),
        (
            "recorded on 3 of 9 days, else climatology 2010-2021, 9 years",
            "9 日中 3 日為實測值，其餘：2010-2021 年各旬紀錄（9 年）",
        ),
        ("day-of-year climatology 2010-2021 (0.3 of 100 members)", "2010-2021 年同期紀錄（100 組成員之 30% 分位數）"),
        ("river and climatology 2010-2021 (median of 100 members)", "2010-2021 年河川流量與同期紀錄（100 組成員之中位數）"),
        ("layers x litres, towers by the weather", "光罩層數 × 每層用水量，冷卻水塔依氣象推算"),
        (
            "household meters 2022-2026; median of seasonal naive, local level, ETS, SARIMAX, ridge (median of 100 members)",
            "2022-2026 年家庭用水紀錄；取各法中位數：上週同日, 局部水準, 指數平滑, SARIMAX, 脊迴歸（100 組成員之中位數）",
        ),
        (
            "rain 2016-2026 and its learned response (0.8 of 100 members)",
            "2016-2026 年雨量及由紀錄學得之濁度反應（100 組成員之 80% 分位數）",
        ),
        ("as 7 days before, 2019-2020", "同 7 日前（2019-2020 年紀錄）"),
        ("recorded weather to 2021-07-01", "至 2021-07-01 之實測天氣"),
        (
            "12 days left out, 2019-10-28 to 2019-11-08: the same value day after day (a stuck meter?)",
            "略去 12 日（2019-10-28 至 2019-11-08）：連日同值（儀器卡住？）",
        ),
        (
            "the newest reading of demand is 30 days old (2026-01-30): more than 10 days",
            "demand 最新紀錄為 2026-01-30，已 30 日（逾 10 日）",
        ),
        (
            "the newest issue of ensemble is 16 days old (2026-03-04): more than 10 days",
            "ensemble 最新一期發布於 2026-03-04，已 16 日（逾 10 日）",
        ),
        (
            "no issue of ensemble was made before 2026-03-20: the first is of 2026-03-21",
            "ensemble 於 2026-03-20 之前無任何一期（首期為 2026-03-21）",
        ),
        ("the ETS of the bridge on the ridge", "the ETS of the bridge on the ridge"),
        ("recorded by the neighbours", "recorded by the neighbours"),
    ],
)
def test_what_the_engine_says_of_its_series_is_said_in_chinese(label: str, words: str) -> None:
    assert CHINESE.origin(label) == words
    assert Wording("en").origin(label) == label


def test_every_series_of_a_plan_is_told_in_chinese(planned: Planned) -> None:
    """Tables keep the label that the scenario gave them."""
    own = {series.label for series in planned.scenario.series.values() if series.label != "by date in the scenario"}
    told = [each.label for each in provenance(planned) if each.label not in own]
    assert told
    assert [label for label in told if CHINESE.origin(label).isascii()] == []


def test_the_english_name_is_its_words() -> None:
    assert Wording("en").quantity("below_dead_storage") == "below dead storage"


def test_a_name_that_nobody_knows_keeps_its_english_words() -> None:
    assert CHINESE.quantity("frost_damage") == "frost damage"
    assert CHINESE.quantity("stage level 2") == "抗旱階段 level 2"
    assert CHINESE.quantity("x\x1b[31m") == "x[31m"


def test_no_term_stands_for_two_things_that_one_report_shows_together() -> None:
    assert len({TERMS[name] for name in ("inflow", "outflow", "release", "spill", "delivery", "demand", "shortage")}) == 7


@pytest.mark.parametrize(("language", "divisor", "unit"), [("en", 1e6, "Mm³"), ("zh-TW", 1e4, "萬噸")])
def test_charts_and_tables_have_one_unit_of_volume(planned: Planned, language: Language, divisor: float, unit: str) -> None:
    say = Wording(language)
    figure = storage_figure(planned, "upper_lake", say)
    assert figure["layout"]["yaxis"]["title"]["text"] == unit
    line = next(trace for trace in figure["data"] if trace.get("fill") == "tozeroy")
    assert line["y"] == pytest.approx(storage_with_opening(planned, "upper_lake") / divisor, rel=1e-5)
    assert unit in say.volume(5e7)
    flows = flows_figure(planned, say)
    assert unit in json.dumps(flows, ensure_ascii=False)
    assert "百萬" not in json.dumps([figure, flows], ensure_ascii=False)
