"""Alerts as CAP 1.2: what leaves, judged by the standard's own schema; and when a message is an alert, an update or a cancel."""

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterbalance.errors import InputError
from waterbalance.report.cap.compose import Teller, messages
from waterbalance.report.cap.document import document
from waterbalance.report.cap.occasion import Occasion, Words
from waterbalance.report.cap.settings import AlertsOut
from waterbalance.scenario.cap import Area, Information, Message, Reference, cleaned, problems
from waterbalance.sources.cap.message import read_message

TAIPEI = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2026, 7, 1, 1, 0, 0, 123456, TAIPEI)
DAY = dt.timedelta(days=1)
HOSTILE = "</description><msgType>Cancel</msgType>&lt;script&gt; ]]> \x00\x1b[31m \ud800 a\r\nb 井"

Judge = Callable[[bytes], Any]


@pytest.fixture(scope="session")
def schema(shared: Path) -> Judge:
    """Raises where a document is not of the standard's schema."""
    xmlschema = pytest.importorskip("xmlschema")
    return xmlschema.XMLSchema(str(shared / "cap" / "CAP-v1.2.xsd")).validate


def occasion(fact: str = "1 yellow", **more: Any) -> Occasion:  # noqa: ANN401 (fields of all kinds)
    told: dict[str, Any] = {
        "kind": "shortage",
        "subject": "lights",
        "fact": fact,
        "words": {"en": Words("A <b>head", "Told.", "Do."), "zh-TW": Words("標題", "說明", "措施")},
        "areas": {"en": Area("Reed", (("TWD", "6400100"),)), "zh-TW": Area("蘆葦", (("TWD", "6400100"),))},
        "categories": ("Env",),
        "responses": ("Prepare",),
        "urgency": "Future",
        "severity": "Minor",
        "certainty": "Observed",
        "onset": NOW + DAY,
        "parameters": (("stage", "yellow"),),
    }
    return Occasion(**{**told, **more})


def teller(now: dt.datetime = NOW) -> Teller:
    settings = AlertsOut(sender="water@bureau.example", sender_name={"en": "Bureau", "zh-TW": "水利局"}, contact="1 & 2")
    return Teller(settings, "bureau", now.date(), now, "Actual")


def told(occasions: tuple[Occasion, ...], earlier: tuple[Message, ...], now: dt.datetime = NOW) -> tuple[Message, ...]:
    found = messages(teller(now), occasions, ("shortage", "failure", "release"), earlier)
    return tuple(read_message(document(each)) for each in found)


def message(**more: Any) -> Message:  # noqa: ANN401 (fields of all kinds)
    return replace(messages(teller(), (occasion(),), ("shortage",), ())[0], **more)


def test_the_schema_refuses_what_it_should(schema: Judge, shared: Path) -> None:
    schema((shared / "cap" / "oasis_amber_alert_example.xml").read_bytes().decode())
    with pytest.raises(Exception, match="Nonsense"):
        schema(document(message()).decode().replace("<msgType>Alert", "<msgType>Nonsense"))


def test_alert_update_and_cancel_are_of_the_schema_and_have_both_languages(schema: Judge) -> None:
    (first,) = messages(teller(), (occasion(),), ("shortage",), ())
    (second,) = messages(teller(NOW + DAY), (occasion("2 orange"),), ("shortage",), (first,))
    (third,) = messages(teller(NOW + 2 * DAY), (), ("shortage",), (first, second))
    assert [each.kind for each in (first, second, third)] == ["Alert", "Update", "Cancel"]
    for each in (first, second, third):
        schema(document(each).decode())
        assert [info.language for info in each.information] == ["zh-TW", "en-GB"]
    assert third.information[1].headline == "Over: A <b>head"
    assert third.information[0].responses == ("AllClear",)


def test_every_element_that_is_read_back_is_the_one_that_was_written(schema: Judge) -> None:
    whole = message(kind="Update", references=(Reference("a@b", "X-1", NOW.replace(microsecond=0)),), note="note")
    content = document(whole)
    schema(content.decode())
    back = read_message(content)
    assert replace(back, information=()) == replace(whole, information=())
    for written, read in zip(whole.information, back.information, strict=True):
        assert read == written
        assert read.expires == (NOW + 7 * DAY).replace(microsecond=0)


def test_hostile_text_stays_text(schema: Judge) -> None:
    words = {"en": Words(HOSTILE, HOSTILE, HOSTILE), "zh-TW": Words(HOSTILE, HOSTILE, HOSTILE)}
    areas = {"en": Area(HOSTILE), "zh-TW": Area(HOSTILE)}
    (made,) = messages(
        teller(), (occasion(HOSTILE, words=words, areas=areas, parameters=((HOSTILE, HOSTILE),)),), ("shortage",), ()
    )
    content = document(replace(made, information=tuple(replace(each, parameters=()) for each in made.information)))
    schema(content.decode())
    back = read_message(content)
    assert back.kind == "Alert"
    assert "<msgType>Cancel</msgType>" in back.information[0].headline
    assert "\n" not in made.information[0].headline


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=40))
def test_what_is_cleaned_comes_back_unchanged(text: str) -> None:
    made = message()
    info = replace(made.information[0], description=cleaned(text) or "-")
    root = ET.fromstring(document(replace(made, information=(info,))))  # noqa: S314 (written here)
    found = root.find("{*}info/{*}description")
    assert found is not None
    assert found.text == info.description


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"identifier": "a b"}, "identifier"),
        ({"identifier": ""}, "identifier"),
        ({"sender": "a,b"}, "sender"),
        ({"sent": dt.datetime(2026, 7, 1)}, "sent has no offset"),  # noqa: DTZ001 (what is refused)
        ({"status": "actual"}, "status"),
        ({"kind": "Update"}, "needs a reference"),
        ({"information": ()}, "nothing to tell"),
        ({"scope": "Restricted"}, "restriction"),
        ({"scope": "Private"}, "addresses"),
    ],
)
def test_what_the_standard_does_not_allow_is_not_sent(change: dict[str, Any], told: str) -> None:
    wrong = message(**change)
    assert any(told in each for each in problems(wrong))
    with pytest.raises(InputError, match="an alert cannot be sent"):
        document(wrong)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"categories": ()}, "category is missing"),
        ({"categories": ("Water",)}, "category"),
        ({"responses": ("Run",)}, "responseType"),
        ({"urgency": "soon"}, "urgency"),
        ({"event": " "}, "empty"),
        ({"headline": "two\nlines"}, "more than one line"),
        ({"description": "bell \x07"}, "XML"),
        ({"language": "zh TW"}, "language"),
        ({"expires": NOW - DAY}, "expires"),
        ({"onset": dt.datetime(2026, 7, 1)}, "onset has no offset"),  # noqa: DTZ001 (what is refused)
        ({"areas": (Area("x", (("TWD", ""),)),)}, "empty"),
    ],
)
def test_what_the_standard_does_not_allow_of_an_information(change: dict[str, Any], told: str) -> None:
    made = message()
    wrong = replace(made, information=(replace(made.information[0], **change),))
    assert any(told in each for each in problems(wrong))


def test_the_same_night_has_the_same_identifier_and_tells_nothing_twice() -> None:
    (first,) = told((occasion(),), ())
    assert first.identifier == "bureau.2026-07-01.shortage.lights"
    assert told((occasion(),), (first,), NOW + dt.timedelta(minutes=5)) == ()
    (again,) = told((occasion(),), (), NOW + dt.timedelta(hours=3))
    assert again.identifier == first.identifier


def test_another_fact_in_the_same_night_is_a_numbered_update() -> None:
    (first,) = told((occasion(),), ())
    (second,) = told((occasion("2 orange"),), (first,), NOW + dt.timedelta(minutes=5))
    assert (second.kind, second.identifier) == ("Update", "bureau.2026-07-01.shortage.lights.2")
    assert second.references == (first.reference,)
    # In the same second too: the one that names the other is the later one.
    (third,) = told((occasion("3 red"),), (first, replace(second, sent=first.sent)), NOW)
    assert third.references == (first.reference, replace(second, sent=first.sent).reference)


def test_an_alert_without_an_end_is_renewed_before_it_expires() -> None:
    (first,) = told((occasion(),), ())
    assert told((occasion(),), (first,), NOW + 5 * DAY) == ()
    (renewed,) = told((occasion(),), (first,), NOW + 6 * DAY)
    assert (renewed.kind, renewed.references) == ("Update", (first.reference,))
    (anew,) = told((occasion(),), (first,), NOW + 9 * DAY)
    assert (anew.kind, anew.references) == ("Alert", ())


def test_what_has_an_end_ends_by_itself() -> None:
    flood = occasion("flood", kind="release", subject="lake.spill", ends=NOW + 2 * DAY)
    (first,) = told((flood,), ())
    assert told((flood,), (first,), NOW + 1.5 * DAY) == ()
    assert told((), (first,), NOW + 3 * DAY) == ()
    (cancelled,) = told((), (first,), NOW + DAY)
    assert cancelled.kind == "Cancel"
    assert told((), (first, cancelled), NOW + 1.2 * DAY) == ()


def test_a_kind_that_was_not_looked_at_is_left_alone() -> None:
    (first,) = told((occasion(),), ())
    assert messages(teller(NOW + DAY), (), ("failure",), (first,)) == ()


def test_messages_of_others_and_of_exercises_are_not_ours() -> None:
    (first,) = told((occasion(),), ())
    for other in (replace(first, sender="x@y"), replace(first, status="Exercise"), replace(first, sent=NOW + DAY)):
        (fresh,) = told((occasion(),), (other,))
        assert (fresh.kind, fresh.references) == ("Alert", ())


def test_names_that_are_no_plain_words_give_plain_and_different_identifiers() -> None:
    names = ("lake, north/1", "lake. north 1", "../../etc", "湖")
    found = [messages(teller(), (occasion(subject=name),), ("shortage",), ())[0].identifier for name in names]
    assert len(set(found)) == len(names)
    assert all("/" not in each and problems(message(identifier=each)) == () for each in found)


def test_an_information_knows_its_parameters() -> None:
    info = Information("e", ("Env",), "Future", "Minor", "Likely", parameters=(("a", "1"), ("a", "2")))
    assert (info.parameter("a"), info.parameter("b")) == ("1", None)
