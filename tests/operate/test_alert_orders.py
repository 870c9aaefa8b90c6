"""Alerts of others by night: what they order, for whom and how long; on a lake with fields in two townships, a day's way off."""

import datetime as dt
import json
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from operate.alert_bureau import FIRST, SENDER, TIME_ZONE, alert, at, gauge, night_of, write_bureau
from waterbalance.errors import InputError
from waterbalance.horizon import Floats
from waterbalance.operate.configuring.alert_settings import AlertAction, AlertSettings
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.night.night import Night
from waterbalance.operate.observing.alert_orders import alert_orders
from waterbalance.operate.planning.overriding import Override
from waterbalance.scenario.cap import Message
from waterbalance.sources.cap.message import read_message
from waterbalance.store.database import open_store

DAY = dt.timedelta(days=1)
close = partial(pytest.approx, abs=0.5)
"""To half a cubic metre, as the audit has it."""

FULL = {FIRST: 900_000.0}


def put(folder: Path, **told: object) -> None:
    text = alert(**told)  # type: ignore[arg-type]
    (folder / "inbox" / f"{told.get('identifier', 'TY-1')}.xml").write_text(text, encoding="utf-8")


def values(night: Night, component: str, quantity: str) -> Floats:
    assert night.laddered is not None
    assert night.laddered.planned.findings == ()
    return night.laddered.planned.plan.values[component, quantity]


def test_a_typhoon_suspends_the_irrigation_of_its_township_only(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, FULL)
    put(tmp_path, sent=at(FIRST - DAY, 20), onset=at(FIRST + 2 * DAY, 6), expires=at(FIRST + 3 * DAY, 18))
    night = night_of(config, FIRST)
    assert (night.exit_code, night.trouble) == (0, ())
    (order,) = night.overrides
    assert (order.what, order.how, order.value) == ("fields_a.demand", "set", "0 m3/day")
    assert (order.first, order.last) == (FIRST + 2 * DAY, FIRST + 3 * DAY)
    assert (order.author, order.reason) == (SENDER, "颱風警報 (TY-1)")
    # The way takes a day: nothing is sent that would arrive on the third or fourth day, and what arrives on the fifth leaves
    # on the fourth.
    assert values(night, "canal_a", "inflow")[:5] == close([30_000, 0, 0, 30_000, 30_000])
    assert values(night, "fields_a", "delivery")[1:5] == close([30_000, 0, 0, 30_000])
    assert values(night, "fields_a", "shortage")[1:] == close(0)
    assert values(night, "fields_b", "delivery")[1:] == close(10_000)
    manifest = json.loads((tmp_path / "results" / night.run / "manifest.json").read_text(encoding="utf-8"))
    assert [each["reason"] for each in manifest["overrides"]] == ["颱風警報 (TY-1)"]


def test_what_is_under_way_arrives_and_runs_away(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, FULL)
    assert night_of(config, FIRST).overrides == ()
    tomorrow = FIRST + DAY
    gauge(tmp_path, {**FULL, tomorrow: 860_000.0})
    put(tmp_path, sent=at(FIRST, 20), onset=at(tomorrow, 0), expires=at(tomorrow, 12))
    night = night_of(config, tomorrow)
    assert night.exit_code == 0
    assert values(night, "fields_a", "delivery")[:2] == close([30_000, 30_000])
    assert values(night, "fields_a", "spill")[:2] == close([30_000, 0])
    assert values(night, "fields_a", "shortage")[:2] == close([0, 0])
    assert values(night, "fields_b", "spill")[:2] == close([0, 0])


def test_a_cancel_lifts_it_and_an_alert_of_the_same_day_is_another_night(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, FULL)
    calm = night_of(config, FIRST)
    assert calm.overrides == ()
    assert night_of(config, FIRST).laddered is None  # done already
    sent, ends = at(FIRST, 0), at(FIRST + 2 * DAY)
    put(tmp_path, sent=sent, expires=ends)
    warned = night_of(config, FIRST)
    assert warned.run not in {"", calm.run}
    assert [each.what for each in warned.overrides] == ["fields_a.demand"]
    assert night_of(config, FIRST).laddered is None
    reference = f"{SENDER},TY-1,{sent.isoformat()}"
    put(tmp_path, identifier="TY-2", kind="Cancel", sent=sent + dt.timedelta(minutes=30), references=reference)
    lifted = night_of(config, FIRST)
    assert lifted.laddered is not None
    assert lifted.overrides == ()
    assert values(lifted, "fields_a", "delivery")[1:] == close(30_000)


def test_a_reservoir_is_lowered_before_the_flood(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, FULL)
    put(tmp_path, event="豪雨", code="64", sent=at(FIRST, 0), onset=at(FIRST + 3 * DAY), expires=at(FIRST + 4 * DAY, 12))
    night = night_of(config, FIRST)
    lowered = next(each for each in night.overrides if each.what == "lake.storage")
    assert (lowered.how, lowered.first, lowered.last) == ("at_most", FIRST + 2 * DAY, FIRST + 4 * DAY)
    storage = values(night, "lake", "storage")
    assert (storage[2:5] <= 300_000 + 0.5).all()
    # The code of the whole city holds all of its townships.
    assert {each.what for each in night.overrides} == {"lake.storage", "fields_a.demand", "fields_b.demand"}
    # 900 000 + 3 x 20 000 m3 less what the town and the fields take: more than 50 000 m3 spill on some day, which is told.
    (release,) = [each for each in night.alerts if each.incidents == ("release.lake.spill",)]
    assert release.information[1].headline.startswith("Reed Lake: up to ")
    assert "Keep away" in release.information[1].instruction


def test_turbid_water_limits_an_intake(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, FULL)
    put(tmp_path, event="原水濁度升高", code="6400200", sent=at(FIRST, 0), expires=at(FIRST + DAY, 12))
    night = night_of(config, FIRST)
    assert values(night, "pipe", "inflow")[:3] == close([5_000, 5_000, 20_000])


def test_what_a_person_orders_goes_before_an_alert(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, FULL)
    order = "{what: fields_a.demand, how: set, value: 7000 m3/day, from: 2026-07-03, until: 2026-07-03, author: Lin, reason: r}"
    config.write_text(config.read_text(encoding="utf-8") + f"overrides: [{order}]\n", encoding="utf-8")
    put(tmp_path, sent=at(FIRST, 0), onset=at(FIRST + DAY), expires=at(FIRST + 4 * DAY))
    night = night_of(config, FIRST)
    assert values(night, "fields_a", "delivery")[1:4] == close([0, 7_000, 0])


def test_a_source_that_fails_costs_its_alerts_only(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, FULL)
    (tmp_path / "inbox" / "broken.xml").write_text("<alert", encoding="utf-8")
    put(tmp_path, sent=at(FIRST, 0), expires=at(FIRST + DAY))
    night = night_of(config, FIRST)
    assert night.observed is not None
    assert [each.what for each in night.overrides] == ["fields_a.demand"]
    assert "broken.xml" in "\n".join(map(str, night.observed.findings))
    for file in (tmp_path / "inbox").iterdir():
        file.unlink()
    (tmp_path / "inbox").rmdir()
    night = night_of(config, FIRST + DAY)
    assert night.exit_code == 0
    assert night.trouble == ("the source inbox gave nothing",)


# ------------------------------------------------------------------------------------------------ one alert, looked at alone

ZONE = ZoneInfo("Asia/Taipei")


def settings(**action: object) -> AlertSettings:
    told = {"events": ["颱風"], "suspend": ["fields_a"], **action}
    heard = {"senders": [SENDER], "sources": {"a": {"type": "cap_folder", "folder": "a"}}, "actions": {"storm": told}}
    return AlertSettings.model_validate({"areas": {"fields_a": ["6400100"]}, "in": heard})


def orders(message: Message, asked: AlertSettings, day: dt.date = FIRST) -> tuple[Override, ...]:
    return alert_orders((message,), asked, day, ZONE, "zh-TW")


def told(**more: object) -> Message:
    return read_message(alert(**{"sent": at(FIRST), "expires": at(FIRST + DAY, 12), **more}).encode())  # type: ignore[arg-type]


def changed(message: Message, **more: object) -> Message:
    return replace(message, information=tuple(replace(each, **more) for each in message.information))  # type: ignore[arg-type]


def test_what_calls_for_an_action() -> None:
    assert len(orders(told(), settings())) == 1
    assert orders(told(event="地震"), settings()) == ()
    assert orders(told(code="6400300"), settings()) == ()
    assert len(orders(told(code="64000"), settings())) == 1
    assert orders(told(), settings(least_severity="Extreme")) == ()
    assert len(orders(told(), settings(least_severity="Severe", least_certainty="Likely"))) == 1
    assert orders(told(), settings(least_certainty="Observed")) == ()
    assert orders(changed(told(), urgency="Past"), settings()) == ()
    assert orders(changed(told(), responses=("AllClear",)), settings()) == ()
    by_code = changed(told(), event="Warning", event_codes=(("profile", "TYPHOON"),))
    assert len(orders(by_code, settings(events=["typhoon"]))) == 1
    other = told().information[0].areas[0]
    assert orders(changed(told(), areas=(replace(other, geocodes=(("SAME", "6400100"),)),)), settings()) == ()


@pytest.mark.parametrize(
    ("onset", "expires", "stays", "first", "last"),
    [
        (at(FIRST + DAY, 23), at(FIRST + 2 * DAY, 1), 0.0, FIRST + DAY, FIRST + 2 * DAY),
        (at(FIRST - 5 * DAY), at(FIRST + DAY, 0), 0.0, FIRST, FIRST),
        (at(FIRST), at(FIRST + DAY, 0), 1.0, FIRST, FIRST + DAY),
        (None, at(FIRST + DAY, 12).astimezone(dt.UTC), 0.0, FIRST, FIRST + DAY),
        (None, None, 0.0, FIRST, FIRST + DAY),
    ],
)
def test_the_days_of_an_alert(
    onset: dt.datetime | None, expires: dt.datetime | None, stays: float, first: dt.date, last: dt.date
) -> None:
    (order,) = orders(told(onset=onset, expires=expires), settings(stays=stays))
    assert (order.first, order.last) == (first, last)


def test_an_alert_that_ends_before_the_plan_begins_orders_nothing() -> None:
    assert orders(told(expires=at(FIRST, 12)), settings(), FIRST + DAY) == ()


def test_both_languages_of_an_alert_are_one_order() -> None:
    message = told()
    english = replace(message.information[0], language="en", headline="Typhoon", event="颱風 typhoon")
    (order,) = orders(replace(message, information=(english, *message.information)), settings())
    assert order.reason == "颱風警報 (TY-1)"


# ------------------------------------------------------------------------------------------------ settings


def test_everything_that_does_not_fit_is_told_at_once(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, FULL)
    text = config.read_text(encoding="utf-8")
    text = text.replace("suspend: [fields_a, fields_b]", "suspend: [fields_a, town, nowhere]")
    text = text.replace("lake.storage: 300000 m3", "lake.storage: 3 m3/s, lake.level: 3 m")
    text = text.replace("lake.spill: {above", "lake.flood: {above").replace('town: ["6400200"]', 'village: ["6400200"]')
    config.write_text(text, encoding="utf-8")
    night = night_of(config, FIRST)
    assert (night.issuance.outcome, night.exit_code) == ("nothing", 65)
    told = "\n".join(night.trouble)
    for expected in ("found town", "found nowhere", "found 3 m3/s", "found lake.level", "found lake.flood", "found village"):
        assert expected in told


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("sender: water@bureau.example", "sender: a b", "without spaces"),
        ("senders: [weather@agency.example]", "senders: []", "at least 1"),
        ("above: 50000 m3/day", "above: 50000", "no unit"),
        ("above: 50000 m3/day", "above: 5 m3/s, severe: 1 m3/s", "severe lies below"),
        ("sender_name:", "scope: Restricted\n    sender_name:", "restriction"),
        ("sender_name:", "mqtt: {broker: b.example, topic: a/#}\n    sender_name:", "without + and #"),
        ("sender_name:", "mqtt: {broker: b.example, password: secret}\n    sender_name:", "is not shown"),
        ("type: cap_folder", "type: cap_mail", "cap_folder"),
        ("events: [turbidity, 濁度]", "events: []", "at least 1"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, before: str, after: str, why: str) -> None:
    config = write_bureau(tmp_path, FULL)
    text = config.read_text(encoding="utf-8")
    assert before in text
    config.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError, match="cannot be used") as error:
        read_night_settings(config)
    assert why in str(error.value).replace("\n", " ")
    assert "secret" not in str(error.value)


def test_a_night_without_alerts_knows_nothing_of_them() -> None:
    assert AlertSettings().heard is None
    assert AlertAction(events=("ab",)).suspend == ()
    assert TIME_ZONE.key == "Asia/Taipei"


@pytest.mark.parametrize("by_rule", [True, False])
def test_a_storm_closes_the_gate_by_rule_where_that_is_declared_else_loudly_waits(tmp_path: Path, by_rule: bool) -> None:
    config = write_bureau(tmp_path, FULL, send=True)
    scenario = config.parent / "scenario.yaml"
    told = scenario.read_text(encoding="utf-8").replace("protocol: files", "protocol: files\n    acceptance: delivered")
    rule = "issuing: {automatic_approval: {greatest_change: 10 %, greatest_shortage: 5 %}}\n"
    scenario.write_text(told + rule, encoding="utf-8")
    if by_rule:
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("suspend: [", "closes_by_rule: true\n        suspend: ["), encoding="utf-8")
    first = night_of(config, FIRST)
    with closing(open_store(read_night_settings(config).store_url)) as store:
        decide(store, str(first.issuance.plan), "approved", "chen", at(FIRST))
    assert night_of(config, FIRST).issuance.outcome == "sent"
    tomorrow = FIRST + DAY
    gauge(tmp_path, {**FULL, tomorrow: 870_000.0})
    put(tmp_path, sent=at(tomorrow, 0), onset=at(tomorrow), expires=at(tomorrow + 2 * DAY))
    storm = night_of(config, tomorrow)
    assert values(storm, "canal_a", "inflow")[0] == close(0)
    if by_rule:
        assert (storm.issuance.outcome, storm.exit_code) == ("sent", 0)
        return
    # 30 000 m3/day, which is told as 0.347 m3/s, of 2 m3/s.
    assert (storm.issuance.outcome, storm.exit_code) == ("waiting", 12)
    (why,) = map(str, storm.issuance.waits_for)
    assert why.startswith("gate_a: the change is too great; found 0.173; allowed: at most 0.1. AN ORDER WAITS FOR THIS APPROVAL")
    assert "(TY-1)" in why
    page = (tmp_path / "results" / "latest.html").read_text(encoding="utf-8")
    assert "AN ORDER WAITS FOR THIS APPROVAL" in page
