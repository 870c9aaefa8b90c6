"""The page of a night: the verdict first, everything escaped, nothing fetched, words of the reader."""

import re
from typing import get_args

import pytest

from told_night import DAY, FAILED, GOOD, PLAN
from waterbalance.forecast.readings import Trust
from waterbalance.network.components.reservoir import Reservoir
from waterbalance.network.network import Network
from waterbalance.operate.configuring.stages import Stage
from waterbalance.operate.night.night import Outcome
from waterbalance.operate.observing.expect import RUNGS
from waterbalance.operate.planning.overriding import Override
from waterbalance.report.corrections import Correction
from waterbalance.report.fallback import RUNGS as PLANS
from waterbalance.report.language import LANGUAGES, Language, Wording
from waterbalance.report.night.page import night_page
from waterbalance.report.night.told import (
    AttemptTold,
    DeviceOrder,
    NightTold,
    OverrideTold,
    SourceTold,
    Verdict,
    night_json,
    read_night,
)
from waterbalance.report.texts import en

SCRIPT = "</script><script>alert(1)</script>"
LAKE = Reservoir(name="lake", title={"en": "Heron Lake", "zh-TW": "白鷺湖"}, capacity=1e6)
HOSTILE_LAKE = Reservoir(name="lake", title={"en": SCRIPT, "zh-TW": SCRIPT}, capacity=1e6)
NETWORK = Network.of([LAKE])


def page(told: NightTold, language: Language = "en", network: Network = NETWORK) -> str:
    return night_page(told, network, {"en": "Heron district", "zh-TW": "白鷺灌區"}, Wording(language))


def own_part(text: str) -> str:
    """The page without plotly's library."""
    return re.sub(r"<script>.*?</script>", "", text, count=1, flags=re.DOTALL)


def words(text: str) -> str:
    """What its reader sees."""
    without = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without))


def hostile() -> NightTold:
    """Every word that comes from a file, a device or a person is a script."""
    override = OverrideTold(
        component="lake", quantity="storage", how="at_most", value=SCRIPT, first=DAY, last=DAY, author=SCRIPT, reason=SCRIPT
    )
    trouble = f"{SCRIPT}\n{SCRIPT}"
    verdict = Verdict(
        outcome="unconfirmed", exit_code=69, plan=PLAN, unconfirmed=(SCRIPT,), silent=(SCRIPT,), missing=(SCRIPT,),
        waits_for=(SCRIPT,), trouble=(trouble,),
    )  # fmt: skip
    series = GOOD.forecasts[0].model_copy(update={"label": SCRIPT, "notes": (SCRIPT,)})
    refused = DeviceOrder(device=SCRIPT, structure=SCRIPT, state="refused", label=SCRIPT, unit=SCRIPT, now=1.0, detail=SCRIPT)
    return GOOD.model_copy(
        update={
            "name": SCRIPT,
            "run": SCRIPT,
            "verdict": verdict,
            "overrides": (override,),
            "forecasts": (series,),
            "sources": (SourceTold(name=SCRIPT, readings=0, series=0),),
            "complaints": (SCRIPT,),
            "corrections": (Correction(f"lake.{SCRIPT}", SCRIPT, 1, 1, 0, DAY, DAY, Trust.DOUBTFUL, SCRIPT),),
"orders": (refused,),
            "attempts": (AttemptTold(rung=0, came="failed", why=(SCRIPT,), seconds=1.0),),
            "alerts": (GOOD.alerts[0].model_copy(update={"headlines": {"en": SCRIPT}, "identifier": SCRIPT, "kind": SCRIPT}),),
            "kept_program": SCRIPT,
            "backtests": (GOOD.backtests[0].model_copy(update={"forecaster": SCRIPT, "reason": SCRIPT}),),
            "notes": (SCRIPT,),
            "seconds": {SCRIPT: 1.0},
        }
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_becomes_a_script(language: Language) -> None:
    text = page(hostile(), language, Network.of([HOSTILE_LAKE]))
    own = own_part(text)
    assert "<script>alert" not in own
    assert len(re.findall(r"<script[ >]", own)) == 2
    assert own.count("&lt;script&gt;alert(1)") >= 20


@pytest.mark.parametrize("told", [GOOD, FAILED])
def test_nothing_is_fetched(told: NightTold) -> None:
    own = own_part(page(told))
    assert "default-src 'none'" in own
    assert not re.search(r"<(link|img|iframe|object|embed)\b", own)
    assert not re.search(r"""(src|href)=["']?(https?:|//)""", own)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_stands_first_and_says_what_is_in_force(language: Language) -> None:
    say = Wording(language)
    good, failed = words(page(GOOD, language)), words(page(FAILED, language))
    assert good.index(say("night.good")) < good.index(say("night.orders"))
    assert say("night.wrong") not in good
    first = failed[: failed.index(say("night.orders"))]
    assert say("night.bad") in first
    assert say("night.outcome.remainder", commands=2) in first
    assert "no plan: no rung of the ladder holds" in first
    assert "0 full plan (failed): no water" in first
    assert say("night.trouble.silent", source="gauge") in first
    assert say("night.trouble.missed", days=say.date("2026-03-01")) in first
    assert PLAN[:12] in first
    assert say("night.exit.10") in first


def test_a_jump_is_told_although_the_orders_were_sent() -> None:
    jumped = GOOD.model_copy(update={"stocks": (GOOD.stocks[0].model_copy(update={"jumps": True}),)})
    text = words(page(jumped))
    assert not jumped.good
    assert "The night went through, but somebody should look" in text
    assert "The storage of Heron Lake jumps: 560,000 m³ was read, 613,880 m³ was expected." in text


def test_what_waits_names_the_plan_and_the_reasons() -> None:
    verdict = Verdict(outcome="waiting", exit_code=12, plan=PLAN, waits_for=("gate_a moves by 60 %",))
    text = words(page(GOOD.model_copy(update={"verdict": verdict, "in_force": None})))
    assert "somebody has to agree" in text
    assert f"waterbalance approve {PLAN[:12]}" in text
    assert "gate_a moves by 60 %" in text
    assert "no plan: devices go by what they hold" in text


def test_numbers_as_people_read_them() -> None:
    text = words(page(GOOD))
    # 190 080 m3 in 11 days.
    assert "0.200 m³/s" in text
    # 43 200 - 86 400 m3/day.
    assert "-0.500 m³/s" in text
    # 1 - 4320 / 8640.
    assert "9 0.050 m³/s 0.100 m³/s -0.100 m³/s 0.50 75%" in text
    # The first, the last, and three leads between.
    assert "1: 0.94 · 3: 0.81 · 5: 0.69 · 8: 0.50 · 10: 0.38" in text
    assert "2 Mar 01:00" in text


def test_chinese_has_no_english_sentence_of_its_own() -> None:
    text = words(page(GOOD, "zh-TW"))
    for told in ("白鷺湖", "歷年同期", "黃燈", "農業用水", "讀取觀測", "已確認", "水情提醒", "演習", "嚴重下限規線"):
        assert told in text
    names = {"heron", "gauge", "gate_a", "day_of_year", "report.html", "CRPS", "waterbalance", PLAN[:12]}
    of_the_engine = " ".join((*GOOD.notes, *GOOD.forecasts[0].notes)).split()
    assert set(re.findall(r"[A-Za-z][A-Za-z_.]{3,}", text)) - names <= set(of_the_engine)


@pytest.mark.parametrize("told", [GOOD, FAILED, hostile()])
def test_the_file_is_read_back_as_it_was(told: NightTold) -> None:
    text = night_json(told)
    assert read_night(text) == told
    assert '"schema": "waterbalance.night/1"' in text


def test_the_file_fits_its_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    import json

    schema = NightTold.model_json_schema(by_alias=True)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(night_json(GOOD)), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**json.loads(night_json(GOOD)), "schema": "waterbalance.night/2"}, schema)


def test_every_word_of_the_engine_has_its_words() -> None:
    hows = get_args(Override.model_fields["how"].annotation)
    asked = {
        *(f"night.outcome.{each}" for each in get_args(Outcome)),
        *(f"night.stage_of.{each}" for each in get_args(Stage)),
        *(f"night.stage.{each}" for each in get_args(Stage)),
        *(f"night.forecast.{number}" for number, _ in enumerate(RUNGS)),
        *(f"fallback.{number}" for number, _ in enumerate(PLANS) if number),
        *(f"night.override.{each}" for each in hows),
        *(f"night.start.{each.replace(' ', '_')}" for each in ("warm", "backup warm", "cold")),
    }
    assert asked <= set(en.TEXTS)


def test_why_a_forecaster_was_not_tried_is_told_in_words_that_break_between_lines() -> None:
    reason = "no origin fits into the history; found 30 origins 10 days apart, 10 days each, on 31 days"
    told = GOOD.model_copy(update={"backtests": (GOOD.backtests[0].model_copy(update={"reason": reason}),)})
    assert reason in words(page(told))
    assert "31 日紀錄中 30 個起報日，相隔 10 日，各 10 日" in words(page(told, "zh-TW"))
    late = GOOD.model_copy(update={"backtests": (GOOD.backtests[0].model_copy(update={"reason": "time was over"}),)})
    assert "時間用盡" in words(page(late, "zh-TW"))
