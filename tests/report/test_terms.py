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
