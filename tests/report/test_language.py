"""Both languages say the same things."""

import string

import pytest

from waterbalance.network.component import component_types
from waterbalance.network.network import Network
from waterbalance.policy.presets import PRESETS
from waterbalance.report.language import Language, Wording
from waterbalance.report.supply import CLASS_ORDER
from waterbalance.report.texts import en, zh_tw
from waterbalance.report.why import quantity_words
from waterbalance.scenario.end_conditions import STORED_WATER


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_same_keys() -> None:
    assert set(en.TEXTS) == set(zh_tw.TEXTS)


@pytest.mark.parametrize("key", sorted(en.TEXTS))
def test_the_same_values_are_filled_in(key: str) -> None:
    assert fields(en.TEXTS[key]) == fields(zh_tw.TEXTS[key])


def test_every_goal_of_a_preset_has_a_word() -> None:
    goals = {goal.name for preset in PRESETS.values() for goal in preset().goals} | {STORED_WATER}
    assert {f"goal.{goal}" for goal in goals} <= set(en.TEXTS)
    assert {f"policy.{name}" for name in PRESETS} <= set(en.TEXTS)
    assert {f"class.{name}" for name in CLASS_ORDER} <= set(en.TEXTS)


@pytest.mark.parametrize(
    ("language", "volume", "text"),
    [
        ("en", 123_400_000.0, "123.4 Mm³"),
        ("en", 1_234_000.0, "1.23 Mm³"),
        ("en", 400_000.0, "400,000 m³"),
        ("en", -0.0, "0 m³"),
        ("zh-TW", 123_400_000.0, "12,340 萬噸"),
        ("zh-TW", 400_000.0, "40.0 萬噸"),
        ("zh-TW", 0.2, "0"),
    ],
)
def test_volumes(language: Language, volume: float, text: str) -> None:
    assert Wording(language).volume(volume) == text


def test_dates_and_shares() -> None:
    assert Wording("en").date("2021-02-05") == "5 Feb 2021"
    assert Wording("zh-TW").date("2021-02-05") == "2021 年 2 月 5 日"
    assert Wording("zh-TW").percent(0.125) == "12.5%"
    assert Wording("en").choice(0.2) == "20% quantile"


def test_a_name_cannot_switch_the_terminal() -> None:
    assert Wording("en").printable("lake\x1b[31m\x07") == "lake[31m"


def test_a_component_inside_a_quantity_is_told_by_its_title() -> None:
    network = Network.of([component_types()["household_supply"](name="old_town", title={"en": "Old town", "zh-TW": "舊城"})])
    assert quantity_words("supply old_town", network, Wording("en")) == "supply Old town"
    assert quantity_words("supply old_town", network, Wording("zh-TW")) == "供水量 舊城"
