"""Alerts that nights tell: files, a real broker with TLS, and what happens where either is not there."""

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from controllers.mosquitto import Mosquitto
from controllers.mqtt_peer import VARIABLE, let_engine_in, mosquitto
from operate.alert_bureau import FIRST, TIME_ZONE, at, gauge, night_of, write_bureau
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.night.night import Night
from waterbalance.operate.nightly import nightly
from waterbalance.sources.cap.message import read_message
from waterbalance.store.alarms import clear, ring, ringing
from waterbalance.store.database import Store, open_store

DAY = dt.timedelta(days=1)
STORAGES = {FIRST: 900_000.0, FIRST + DAY: 650_000.0, FIRST + 2 * DAY: 480_000.0}
"""Of a lake whose curves lie at 700 000 and 500 000 m3."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    running = mosquitto(tmp_path_factory.mktemp("mosquitto"), ())
    yield running
    running.kill()


def nights(config: Path, days: int, storages: dict[dt.date, float] = STORAGES) -> list[Night]:
    """Nights from the first on, each with the gauge of its morning."""
    done = []
    for number in range(days):
        gauge(config.parent, {day: storage for day, storage in storages.items() if day <= FIRST + number * DAY})
        done.append(night_of(config, FIRST + number * DAY))
    return done


def store_of(config: Path) -> Store:
    return open_store(read_night_settings(config).store_url)


def told(night: Night) -> list[tuple[str, str]]:
    return [(each.kind, each.incidents[0]) for each in night.alerts]


def test_lights_are_told_as_they_change(tmp_path: Path, shared: Path) -> None:
    xmlschema = pytest.importorskip("xmlschema")
    more = dict.fromkeys((FIRST + number * DAY for number in range(3, 8)), 900_000.0)
    found = nights(write_bureau(tmp_path, STORAGES), 7, {**STORAGES, **more})
    light = "shortage.lights"
    assert list(map(told, found)) == [
        [],
        [("Alert", light)],
        [("Update", light)],
        [("Update", light)],  # one light better, three days later
        [("Update", light)],  # blue is announced, and yellow is in force
        [],
        [("Cancel", light)],
    ]
    first, second = found[1].alerts[0], found[2].alerts[0]
    assert second.references == (first.reference,)
    assert first.status == "Exercise"  # nights of another year
    assert first.information[0].headline == "蘆葦湖供水區：水情黃燈"
    assert first.information[0].areas[0].geocodes == (("Taiwan_Geocode_103", "6400200"), ("Taiwan_Geocode_103", "6400100"))
    english = second.information[1]
    assert english.headline == "Reed Lake area: drought stage orange"
    assert english.description.splitlines() == [
        "Worse than last night: from yellow to orange on 3 Jul 2026.",
        "Reed Lake: 480,000 m³ on 3 Jul 2026, below severe curve (500,000 m³).",
        "In force from 5 Jul 2026.",
    ]
    assert english.instruction == "Use less water. Supply is reduced: Domestic and public 20.0%, Agriculture 80.0%."
    assert english.onset == at(FIRST + 4 * DAY, 0)
    assert (english.severity, english.urgency, english.certainty) == ("Moderate", "Future", "Observed")
    judge = xmlschema.XMLSchema(str(shared / "cap" / "CAP-v1.2.xsd"))
    files = sorted((tmp_path / "alerts").iterdir())
    assert [each.name for each in files] == [f"{each.identifier}.xml" for night in found for each in night.alerts]
    for file in files:
        judge.validate(file.read_text(encoding="utf-8"))
    assert [each.lights[0].today.light for each in found] == ["blue", "yellow", "orange", "yellow", "blue", "blue", "blue"]
    assert [each.lights[0].before for each in found] == [None, 0, 1, 2, 1, 0, 0]


def test_a_night_that_is_done_again_tells_nothing_again(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, STORAGES)
    nights(config, 2)
    files = {each: each.read_bytes() for each in (tmp_path / "alerts").iterdir()}
    assert night_of(config, FIRST + DAY).alerts == ()
    config.write_text(config.read_text(encoding="utf-8") + "# another configuration\n", encoding="utf-8")
    assert night_of(config, FIRST + DAY).laddered is not None
    assert {each: each.read_bytes() for each in (tmp_path / "alerts").iterdir()} == files


@pytest.mark.parametrize(("send", "status"), [(True, "Actual"), (False, "Test")])
def test_a_night_of_today_is_actual_and_a_rehearsal_a_test(tmp_path: Path, send: bool, status: str) -> None:
    today = dt.datetime.now(TIME_ZONE).date()
    config = write_bureau(tmp_path, {today: 480_000.0}, send=send)
    night = nightly(read_night_settings(config))
    assert [each.status for each in night.alerts] == [status]
    assert night.alerts[0].sent.utcoffset() == dt.timedelta(hours=8)


def test_what_a_plan_tells_is_possible_until_somebody_agrees_to_it(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, {FIRST: 600_000.0}, send=True)
    scenario = tmp_path / "scenario.yaml"
    text = scenario.read_text(encoding="utf-8").replace("protocol: files", "protocol: files\n    acceptance: delivered")
    scenario.write_text(text, encoding="utf-8")
    waits = night_of(config, FIRST)
    assert waits.issuance.outcome == "waiting"
    assert told(waits) == [("Alert", "shortage.lights")]
    assert [each.certainty for each in waits.alerts[0].information] == ["Possible", "Possible"]
    assert waits.alerts[0].information[1].description.endswith("nobody has agreed to the plan yet.")
    assert night_of(config, FIRST).alerts == ()
    store = store_of(config)
    decide(store, str(waits.issuance.plan), "approved", "chen", at(FIRST, 2))
    store.close()
    agreed = nightly(read_night_settings(config), FIRST, clock=Clock(lambda: at(FIRST, 3), lambda _: None))
    assert agreed.issuance.outcome == "sent"
    assert told(agreed) == [("Update", "shortage.lights")]
    (update,) = agreed.alerts
    assert update.references == (waits.alerts[0].reference,)
    assert [each.certainty for each in update.information] == ["Likely", "Likely"]
    assert "agreed" not in update.information[1].description
    assert "核定" not in update.information[0].description
    again = nightly(read_night_settings(config), FIRST, clock=Clock(lambda: at(FIRST, 4), lambda _: None))
    assert again.alerts == ()
    # The next plan waits, too, and tells the same light: what somebody has agreed to once is not taken back.
    gauge(tmp_path, {FIRST: 600_000.0, FIRST + DAY: 590_000.0})
    second = night_of(config, FIRST + DAY)
    assert second.issuance.outcome == "waiting"
    assert told(second) == []


def test_a_release_is_possible_until_somebody_agrees_to_it(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, {FIRST: 1_990_000.0}, send=True)
    scenario = tmp_path / "scenario.yaml"
    text = scenario.read_text(encoding="utf-8").replace("protocol: files", "protocol: files\n    acceptance: delivered")
    text = text.replace("inflow: 20000 m3/day", "inflow: 300000 m3/day").replace("target: ", "capacity: 40000 m3/day, target: ")
    scenario.write_text(text, encoding="utf-8")
    waits = night_of(config, FIRST)
    assert told(waits) == [("Alert", "release.lake.spill")]
    assert {each.certainty for each in waits.alerts[0].information} == {"Possible"}
    store = store_of(config)
    decide(store, str(waits.issuance.plan), "approved", "chen", at(FIRST, 2))
    store.close()
    agreed = nightly(read_night_settings(config), FIRST, clock=Clock(lambda: at(FIRST, 3), lambda _: None))
    assert told(agreed) == [("Update", "release.lake.spill")]
    assert {each.certainty for each in agreed.alerts[0].information} == {"Likely"}


def sending(folder: Path, storages: dict[dt.date, float]) -> Path:
    """A bureau whose nights send, and whose devices take what they are told; nobody but people approves."""
    config = write_bureau(folder, storages, send=True)
    scenario = folder / "scenario.yaml"
    text = scenario.read_text(encoding="utf-8").replace("protocol: files", "protocol: files\n    acceptance: delivered")
    scenario.write_text(text, encoding="utf-8")
    return config


def decided(config: Path, night: Night, what: Literal["approved", "rejected"] = "approved") -> Night:
    """Somebody decides at two o'clock, and the night is started again at three."""
    store = store_of(config)
    decide(store, str(night.issuance.plan), what, "chen", at(night.day, 2))
    store.close()
    return nightly(read_night_settings(config), night.day, clock=Clock(lambda: at(night.day, 3), lambda _: None))


def test_a_plan_that_waits_ends_no_light_that_is_in_force(tmp_path: Path) -> None:
    config = sending(tmp_path, {FIRST: 600_000.0})
    assert told(decided(config, night_of(config, FIRST))) == [("Update", "shortage.lights")]
    # Rain has filled the lake; the light of blue is announced, and yellow is in force until its lead time is over.
    full = {FIRST: 600_000.0}
    ends = None
    for number in range(1, 5):
        day = FIRST + number * DAY
        full[day] = 1_500_000.0
        gauge(tmp_path, full)
        waits = night_of(config, day)
        assert waits.issuance.outcome == "waiting"
        assert "Cancel" not in [kind for kind, _ in told(waits)]
        if waits.lights[0].today.number == waits.lights[0].in_force == 0:
            ends = waits
            break
    assert ends is not None
    assert told(ends) == []
    agreed = decided(config, ends)
    assert agreed.issuance.outcome == "sent"
    assert told(agreed) == [("Cancel", "shortage.lights")]
    assert told(nightly(read_night_settings(config), ends.day, clock=Clock(lambda: at(ends.day, 4), lambda _: None))) == []


def flooding(folder: Path) -> Path:
    config = sending(folder, {FIRST: 1_990_000.0})
    scenario = folder / "scenario.yaml"
    text = scenario.read_text(encoding="utf-8")
    text = text.replace("inflow: 20000 m3/day", "inflow: 300000 m3/day").replace("target: ", "capacity: 40000 m3/day, target: ")
    scenario.write_text(text, encoding="utf-8")
    return config


@pytest.mark.parametrize("decision", ["approved", "rejected"])
def test_a_flood_that_devices_still_follow_is_not_called_off_by_a_plan_that_waits(
    tmp_path: Path, decision: Literal["approved", "rejected"]
) -> None:
    config = flooding(tmp_path)
    assert told(decided(config, night_of(config, FIRST))) == [("Update", "release.lake.spill")]
    gauge(tmp_path, {FIRST: 1_990_000.0, FIRST + DAY: 300_000.0})
    waits = night_of(config, FIRST + DAY)
    assert waits.issuance.outcome == "waiting"
    assert ("Cancel", "release.lake.spill") not in told(waits)
    assert ("Update", "release.lake.spill") not in told(waits)
    after = decided(config, waits, decision)
    assert (("Cancel", "release.lake.spill") in told(after)) == (decision == "approved")


def test_a_possible_flood_of_a_plan_that_somebody_may_still_agree_to_stays(tmp_path: Path) -> None:
    config = flooding(tmp_path)
    first = night_of(config, FIRST)
    assert told(first) == [("Alert", "release.lake.spill")]
    gauge(tmp_path, {FIRST: 300_000.0})
    second = night_of(config, FIRST)
    assert second.issuance.plan != first.issuance.plan
    assert "release.lake.spill" not in [incident for _, incident in told(second)]
    # Of the two, somebody agrees to the second: the flood is called off, and not told as likely.
    after = decided(config, second)
    assert [kind for kind, incident in told(after) if incident == "release.lake.spill"] == ["Cancel"]


def test_what_gauges_alone_tell_needs_nobody(tmp_path: Path) -> None:
    config = sending(tmp_path, {FIRST: 600_000.0})
    text = config.read_text(encoding="utf-8").replace("    releases:", "    supply_areas: [lake_curve]\n    releases:")
    config.write_text(text, encoding="utf-8")
    scenario = tmp_path / "scenario.yaml"
    curve = (
        "  lake_curve: {type: rule_curve, reservoirs: [lake], lower_curve: 700000 m3, severe_curve: 500000 m3, "
        "users: [fields_b], below_lower: {agriculture: 75 %}, below_severe: {agriculture: 50 %}}\n"
    )
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("rules:\n", f"rules:\n{curve}"), encoding="utf-8")
    assert told(decided(config, night_of(config, FIRST))) == [("Update", "shortage.lake_curve")]
    gauge(tmp_path, {FIRST: 600_000.0, FIRST + DAY: 1_500_000.0})
    waits = night_of(config, FIRST + DAY)
    assert waits.issuance.outcome == "waiting"
    assert told(waits) == [("Cancel", "shortage.lake_curve")]


def test_a_device_that_fails_is_told_until_it_works_again(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, {FIRST: 900_000.0})
    store = store_of(config)
    with store.writing() as connection:
        ring(connection, "gate_a", "dead", "no answer\x00 <b>since</b> noon", at(FIRST, 0))
        ring(connection, "somebody else", "dead", "another scenario", at(FIRST, 0))
    night = night_of(config, FIRST)
    assert told(night) == [("Alert", "failure.gate_a")]
    text = (tmp_path / "alerts" / f"{night.alerts[0].identifier}.xml").read_bytes()
    english = read_message(text).information[1]
    assert english.headline == "canal_a: the device does not answer"
    assert "no answer <b>since</b> noon" in english.description
    assert english.areas[0].geocodes == (("Taiwan_Geocode_103", "6400100"),)
    with store.writing() as connection:
        clear(connection, "gate_a", at(FIRST, 0))
    store.close()
    assert told(night_of(config, FIRST)) == [("Cancel", "failure.gate_a")]


def test_a_night_without_a_plan_ends_no_alert_of_lights(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, STORAGES)
    nights(config, 2)
    text = config.read_text(encoding="utf-8") + "critical: [lake.inflow]\nwhen_missing: stop\n"
    config.write_text(text, encoding="utf-8")
    night = night_of(config, FIRST + 2 * DAY)
    assert night.laddered is None
    assert night.alerts == ()
    assert len(list((tmp_path / "alerts").iterdir())) == 1


def test_a_folder_that_takes_nothing_spoils_no_night(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, STORAGES)
    nights(config, 1)
    (tmp_path / "alerts").rmdir()
    (tmp_path / "alerts").write_text("a file", encoding="utf-8")
    gauge(tmp_path, STORAGES)
    night = night_of(config, FIRST + DAY)
    assert night.laddered is not None
    assert night.exit_code == 0
    assert "alerts are not all told" in night.trouble[0]
    store = store_of(config)
    with store.reading() as connection:
        assert [(each.subject, each.kind) for each in ringing(connection)] == [("alerts of bureau", "alerts")]
    (tmp_path / "alerts").unlink()
    assert told(night_of(config, FIRST + DAY)) == []  # no plan is made again, so that nothing is known of lights
    gauge(tmp_path, {**STORAGES, FIRST + DAY: 640_000.0})
    assert told(night_of(config, FIRST + DAY)) == [("Alert", "shortage.lights")]
    with store.reading() as connection:
        assert ringing(connection) == ()
    store.close()


def test_an_unreadable_message_of_before_is_told(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, STORAGES)
    nights(config, 2)
    (file,) = (tmp_path / "alerts").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    gauge(tmp_path, STORAGES)
    night = night_of(config, FIRST + 2 * DAY)
    assert file.name in night.trouble[0]
    assert told(night) == [("Alert", "shortage.lights")]


# ------------------------------------------------------------------------------------------------ over a broker


class Listener:
    """Somebody who is told over MQTT: topic, document, whether it was retained, type and how long it lives."""

    def __init__(self, broker: Mosquitto, topic: str) -> None:
        self.heard: list[tuple[str, bytes, bool, str, int]] = []
        self.client = broker.login("field").client()
        self.client.on_connect = lambda client, *_: client.subscribe(topic, 1)
        self.client.on_message = lambda _client, _data, each: self.heard.append(
            (each.topic, each.payload, each.retain, each.properties.ContentType, each.properties.MessageExpiryInterval)
        )
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()

    def wait_for(self, number: int) -> None:
        deadline = time.monotonic() + 10
        while len(self.heard) < number:
            assert time.monotonic() < deadline, f"heard {len(self.heard)} of {number}"
            time.sleep(0.02)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def with_broker(folder: Path, broker: Mosquitto, topic: str) -> Path:
    tls = f"{{authority: {broker.authority.file}}}"
    way = f"broker: 127.0.0.1:{broker.port}, tls: {tls}, username: engine, password_from: {VARIABLE}"
    return write_bureau(folder, STORAGES, more=f"    mqtt: {{{way}, topic: waterbalance/v1/{topic}}}\n")


def test_a_broker_hears_an_update_and_keeps_it(tmp_path: Path, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    let_engine_in(monkeypatch)
    config = with_broker(tmp_path, broker, "_alerts")
    early = Listener(broker, "waterbalance/v1/_alerts/#")
    found = nights(config, 3)
    assert [night.trouble for night in found] == [(), (), ()]
    early.wait_for(2)
    late = Listener(broker, "waterbalance/v1/_alerts/#")
    late.wait_for(1)
    for listener in (early, late):
        listener.close()
    assert {topic for topic, *_ in early.heard} == {"waterbalance/v1/_alerts/exercise/shortage.lights"}
    assert [read_message(document).kind for _, document, *_ in early.heard] == ["Alert", "Update"]
    for (_, document, _, kind, seconds), night in zip(early.heard, found[1:], strict=True):
        assert document == (tmp_path / "alerts" / f"{night.alerts[0].identifier}.xml").read_bytes()
        assert kind == "application/cap+xml"
        assert 6 * 86_400 < seconds <= 7 * 86_400
    assert [(read_message(document).kind, retained) for _, document, retained, *_ in late.heard] == [("Update", True)]


def test_what_a_broker_did_not_get_it_gets_the_next_night(
    tmp_path: Path, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_engine_in(monkeypatch)
    config = with_broker(tmp_path, broker, "_later")
    early = Listener(broker, "waterbalance/v1/_later/#")
    monkeypatch.setenv(VARIABLE, "wrong")
    refused = nights(config, 2)[1]
    assert refused.exit_code == 0
    assert "alerts are not all told" in refused.trouble[0]
    assert "wrong" not in refused.trouble[0]
    let_engine_in(monkeypatch)
    gauge(tmp_path, STORAGES)
    assert night_of(config, FIRST + 2 * DAY).trouble == ()
    early.wait_for(2)
    early.close()
    assert [read_message(document).kind for _, document, *_ in early.heard] == ["Alert", "Update"]
    # What has a receipt is not sent again.
    receipts = {each: each.read_bytes() for each in (tmp_path / "alerts").glob("*.published")}
    assert "nothing was planned again" in " ".join(night_of(config, FIRST + 2 * DAY).trouble)
    assert {each: each.read_bytes() for each in receipts} == receipts
    assert len(list((tmp_path / "alerts").glob("*.published"))) == 2


def test_a_settings_file_tells_how_to_reach_a_broker(tmp_path: Path) -> None:
    config = write_bureau(tmp_path, STORAGES, more="    mqtt: {broker: b.example, tls: {authority: ca.pem}}\n")
    out = read_night_settings(config).file.alerts.out
    assert out is not None
    assert out.mqtt is not None
    assert (out.mqtt.topic, out.mqtt.tls.authority) == ("waterbalance/v1/_alerts", "ca.pem")
