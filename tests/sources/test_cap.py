"""Alerts of others: read without harm, from folders and feeds, and which of them hold."""

import datetime as dt
import os
import random
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from operate.alert_bureau import SENDER, alert, at
from sources.asking import around, client
from sources.http_server import Reply, Server
from waterbalance.errors import InputError, SourceError
from waterbalance.scenario.cap import Message
from waterbalance.sources.cap.alert_source import AlertSource
from waterbalance.sources.cap.in_force import in_force, known, spoken
from waterbalance.sources.cap.message import LARGEST, MOST, read_message
from waterbalance.sources.cap.registry import AnyAlertSource

DAY = dt.timedelta(days=1)
FIRST = dt.date(2026, 7, 1)
NOW = at(FIRST)
LIFE = dt.timedelta(days=1)
CAP = "urn:oasis:names:tc:emergency:cap:1.2"


def source(**settings: object) -> AlertSource:
    adapter: TypeAdapter[AlertSource] = TypeAdapter(AnyAlertSource)
    return adapter.validate_python(settings)


def message(**told: object) -> Message:
    return read_message(alert(**{"sent": NOW, **told}).encode())  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ reading


def test_the_example_of_the_standard_is_read(shared: Path) -> None:
    read = read_message((shared / "cap" / "oasis_amber_alert_example.xml").read_bytes())
    assert (read.identifier, read.sender, read.status, read.kind) == (
        "KAR0-0306112239-SW",
        "KARO@CLETS.DOJ.CA.GOV",
        "Actual",
        "Alert",
    )
    assert read.sent == dt.datetime.fromisoformat("2003-06-11T22:39:00-07:00")
    assert [each.language for each in read.information] == ["en-US", "es-US"]
    assert read.information[0].areas[0].geocodes == (("SAME", "006037"),)
    assert read.information[0].event_codes == (("SAME", "CAE"),)
    assert read.information[0].categories == ("Rescue",)


def test_older_versions_and_a_byte_order_mark_are_read() -> None:
    text = alert(sent=NOW).replace(CAP, "urn:oasis:names:tc:emergency:cap:1.1")
    assert read_message(b"\xef\xbb\xbf" + text.encode()).identifier == "TY-1"


BOMB = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;">]>'
FETCH = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (alert(sent=NOW).replace("<alert", f"{BOMB}<alert").replace("TY-1", "&y;").encode(), "document type"),
        (alert(sent=NOW).replace("<alert", f"{FETCH}<alert").replace("TY-1", "&x;").encode(), "document type"),
        (alert(sent=NOW).replace("<alert", f"{BOMB.lower()}<alert").encode(), "document type"),
        (alert(sent=NOW).encode("utf-16"), "UTF-8"),
        (b"x" * (LARGEST + 1), "bytes"),
        (alert(sent=NOW).replace("<info>", "<info>" + "<a>" * 50 + "</a>" * 50).encode(), "elements deep"),
        (alert(sent=NOW).replace("<info>", "<info>" + "<a/>" * MOST).encode(), "in all"),
        (alert(sent=NOW).encode()[:300], "no XML"),
        (b"", "no XML"),
        (b"<html/>", "no CAP alert"),
        (alert(sent=NOW).replace(CAP, "urn:other").encode(), "no CAP alert"),
        (alert(sent=NOW).replace("TY-1", "  ").encode(), "identifier is missing"),
        (alert(sent=NOW).replace("Actual", "Maybe").encode(), "status"),
        (alert(sent=NOW).replace("+08:00", "").encode(), "offset"),
        (alert(sent=NOW, references="only-an-identifier").encode(), "reference"),
    ],
)
def test_what_is_no_alert_says_why(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_message(content)


def test_an_encoding_that_is_declared_otherwise_changes_nothing() -> None:
    text = alert(sent=NOW).replace('encoding="UTF-8"', 'encoding="latin-1"')
    assert read_message(text.encode()).information[0].headline == "颱風警報"


def test_what_a_terminal_would_obey_is_left_out() -> None:
    text = alert(sent=NOW).replace("颱風警報", "a\u202eb\u200b\nc" + "x" * 1000)
    headline = read_message(text.encode()).information[0].headline
    assert headline.startswith("ab cx")
    assert len(headline) == 500


# ------------------------------------------------------------------------------------------------ folders


def test_a_folder_gives_what_can_be_read_and_names_the_rest(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.xml").write_text(alert(sent=NOW), encoding="utf-8")
    (inbox / "b.CAP").write_text(alert(sent=NOW, identifier="TY-2"), encoding="utf-8")
    (inbox / "half.xml").write_text(alert(sent=NOW)[:200], encoding="utf-8")
    (inbox / "large.xml").write_bytes(b" " * (LARGEST + 5))
    (inbox / ".c.xml").write_text(alert(sent=NOW, identifier="TY-3"), encoding="utf-8")
    (inbox / "readme.txt").write_text("no alert", encoding="utf-8")
    told = source(type="cap_folder", folder="inbox").read(around(tmp_path, now=NOW))
    assert {each.identifier for each in told.messages} == {"TY-1", "TY-2"}
    assert sorted(str(each.where.file).rpartition("/")[2] for each in told.findings) == ["half.xml", "large.xml"]


def test_of_too_many_files_the_newest_are_read(tmp_path: Path) -> None:
    for number in range(5):
        file = tmp_path / f"{number}.xml"
        file.write_text(alert(sent=NOW, identifier=f"TY-{number}"), encoding="utf-8")
        os.utime(file, (1000 - number, 1000 - number))
    told = source(type="cap_folder", folder=".", most=2).read(around(tmp_path, now=NOW))
    assert {each.identifier for each in told.messages} == {"TY-0", "TY-1"}


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder of alerts"):
        source(type="cap_folder", folder="inbox").read(around(tmp_path, now=NOW))


# ------------------------------------------------------------------------------------------------ feeds


def feed(*entries: str) -> Reply:
    return Reply(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{"".join(entries)}</feed>'.encode())


def entry(address: str, updated: dt.datetime = NOW, kind: str = "") -> str:
    return f'<entry><id>x</id><updated>{updated.isoformat()}</updated><link href="{address}" {kind}/></entry>'


def test_an_atom_feed_leads_to_messages(server: Server, tmp_path: Path) -> None:
    first = server.answer("/1.cap", Reply(alert(sent=NOW).encode()))
    page = server.answer("/page", Reply(b"<html/>"))
    second = server.answer("/2.cap", Reply(alert(sent=NOW, identifier="TY-2").encode()))
    both = f'<entry><link href="{page}"/><link type="application/cap+xml" href="{second}"/></entry>'
    inside = f"<entry><content type='text/xml'>{alert(sent=NOW, identifier='TY-3').partition('?>')[2]}</content></entry>"
    old = entry(server.answer("/old.cap", Reply(alert(sent=NOW, identifier="OLD").encode())), NOW - 30 * DAY)
    gone, nowhere = entry(f"{server.url}/gone.cap"), "<entry><id>nothing</id></entry>"
    url = server.answer("/feed", feed(entry(first), both, inside, old, gone, nowhere))
    told = source(type="cap_feed", url=url).read(around(tmp_path, now=NOW, asked_by=client(tmp_path)))
    assert [each.identifier for each in told.messages] == ["TY-1", "TY-2", "TY-3"]
    assert ["status 404" in str(each) for each in told.findings] == [True, False]
    assert "/old.cap" not in {path for path, _ in server.asked}


def test_an_rss_feed_and_a_single_message(server: Server, tmp_path: Path) -> None:
    link = server.answer("/1.cap", Reply(alert(sent=NOW).encode()))
    rss = f"<rss><channel><item><pubDate>Wed, 01 Jul 2026 00:00:00 +0800</pubDate><link>{link}</link></item></channel></rss>"
    for url in (server.answer("/rss", Reply(rss.encode())), link):
        told = source(type="cap_feed", url=url).read(around(tmp_path, now=NOW, asked_by=client(tmp_path)))
        assert [each.identifier for each in told.messages] == ["TY-1"]
        assert told.findings == ()


def test_a_feed_leads_to_no_other_host(server: Server, tmp_path: Path) -> None:
    url = server.answer("/feed", feed(entry("https://elsewhere.example/1.cap")))
    told = source(type="cap_feed", url=url).read(around(tmp_path, now=NOW, asked_by=client(tmp_path)))
    assert told.messages == ()
    assert "host is not of the list" in str(told.findings[0])


def test_a_feed_that_is_silent_or_no_feed(server: Server, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        source(type="cap_feed", url=f"{server.url}/nothing").read(around(tmp_path, now=NOW, asked_by=client(tmp_path)))
    url = server.answer("/feed", Reply(b"{}"))
    with pytest.raises(InputError, match="no alert can be read"):
        source(type="cap_feed", url=url).read(around(tmp_path, now=NOW, asked_by=client(tmp_path)))


def test_on_a_bad_night_the_last_good_answer_stands_in(server: Server, tmp_path: Path) -> None:
    url = server.answer("/feed", Reply(alert(sent=NOW).encode()), Reply(b"", 500))
    asked = source(type="cap_feed", url=url)
    assert asked.read(around(tmp_path, now=NOW, asked_by=client(tmp_path))).findings == ()
    told = asked.read(around(tmp_path, now=NOW + DAY, asked_by=client(tmp_path)))
    assert [each.identifier for each in told.messages] == ["TY-1"]
    assert "answer of 2026-07-01" in str(told.findings[0])


def test_a_key_in_an_address_is_refused() -> None:
    with pytest.raises(ValidationError, match="key"):
        source(type="cap_feed", url="https://a.example/feed?Authorization=CWA-123")


# ------------------------------------------------------------------------------------------------ what holds


def held(*messages: Message, now: dt.datetime = NOW) -> list[str]:
    return [each.identifier for each in in_force(known(messages, now, (SENDER,), ("Actual",)), now, LIFE)]


def later(kind: str, of: Message, identifier: str, sent: dt.datetime, **more: object) -> Message:
    return message(kind=kind, identifier=identifier, sent=sent, references=str(of.reference), **more)


def test_an_update_replaces_and_a_cancel_ends() -> None:
    first = message(sent=NOW - DAY, expires=NOW + DAY)
    update = later("Update", first, "TY-2", NOW, expires=NOW + DAY)
    cancel = later("Cancel", update, "TY-3", NOW)
    assert held(first) == ["TY-1"]
    assert held(first, update) == ["TY-2"]
    assert held(cancel, update, first) == []
    # A cancel of the first message ends what has updated it, too.
    assert held(first, update, later("Cancel", first, "TY-4", NOW)) == []
    # But not what its sender has said anew since then.
    anew = later("Update", first, "TY-5", NOW + dt.timedelta(hours=1), expires=NOW + DAY)
    assert held(first, later("Cancel", first, "TY-4", NOW), anew, now=NOW + dt.timedelta(hours=2)) == ["TY-5"]


def test_only_the_sender_of_a_message_ends_it() -> None:
    first = message(sent=NOW - DAY, expires=NOW + DAY)
    cancel = later("Cancel", first, "X", NOW)
    text = alert(kind="Cancel", identifier="X", sent=NOW, references=str(first.reference))
    stranger = read_message(text.replace(f"<sender>{SENDER}", "<sender>z@z").encode())
    assert in_force(known((first, stranger), NOW, (SENDER, "z@z"), ("Actual",)), NOW, LIFE) == (first,)
    assert held(first, cancel) == []


def test_references_name_sender_identifier_and_moment() -> None:
    first = message(sent=NOW - DAY, expires=NOW + DAY)
    in_utc = str(first.reference).replace(first.sent.isoformat(), first.sent.astimezone(dt.UTC).isoformat())
    assert held(first, message(kind="Cancel", identifier="X", references=in_utc)) == []
    other = str(first.reference).replace("TY-1", "TY-9")
    assert held(first, message(kind="Cancel", identifier="X", references=other)) == ["TY-1"]


def test_what_has_expired_or_is_not_sent_yet_or_does_not_count() -> None:
    assert held(message(sent=NOW - 2 * DAY, expires=NOW)) == []
    assert held(message(sent=NOW - DAY)) == []
    assert held(message(sent=NOW - 0.9 * DAY)) == ["TY-1"]
    assert held(message(sent=NOW + DAY)) == []
    exercise = read_message(alert(sent=NOW).replace("Actual", "Exercise").encode())
    assert held(exercise) == []
    assert known((message(),), NOW, ("other@agency.example",), ("Actual",)) == ()


def test_the_wanted_language_else_english_else_the_first() -> None:
    english = "<info><language>en-US</language><category>Met</category><event>Typhoon</event><urgency>Expected</urgency>"
    english += "<severity>Severe</severity><certainty>Likely</certainty></info>"
    two = alert(sent=NOW).replace("</info>", f"</info>{english}")
    both = read_message(two.encode())
    assert [each.event for each in spoken(both, "zh-TW")] == ["颱風"]
    assert [each.event for each in spoken(both, "en")] == ["Typhoon"]
    assert [each.event for each in spoken(message(), "en")] == ["颱風"]
    spanish = read_message(alert(sent=NOW).replace("zh-TW", "es").encode())
    assert [each.event for each in spoken(spanish, "zh-TW")] == ["颱風"]


# ------------------------------------------------------------------------------------------------ anything


def test_whatever_a_file_holds_it_is_an_alert_or_says_why_not() -> None:
    whole = alert(sent=NOW, expires=NOW + DAY, references=f"{SENDER},TY-0,{NOW.isoformat()}").encode()
    draw = random.Random(6)  # noqa: S311 (the same every time)
    read = 0
    for _ in range(3_000):
        content = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            place = draw.randrange(len(content))
            content[place : place + draw.randint(0, 30)] = draw.randbytes(draw.randint(0, 3))
        try:
            read_message(bytes(content))
        except ValueError:
            continue
        read += 1
    assert 0 < read < 3_000


@pytest.mark.parametrize("year", ["0001", "1969", "2200", "9999"])
def test_times_that_no_calendar_needs_are_refused(year: str) -> None:
    with pytest.raises(ValueError, match="between 1970 and 2199"):
        read_message(alert(sent=NOW, expires=NOW).replace(f"<expires>{NOW.year}", f"<expires>{year}").encode())


def test_a_date_of_a_feed_that_is_none_hides_no_entry(server: Server, tmp_path: Path) -> None:
    link = server.answer("/1.cap", Reply(alert(sent=NOW).encode()))
    for date in ("soon", "Wed, 99 Jul 99999 00:00:00 +9999", "Wed, 01 Jul 2026 00:00:00"):
        rss = f"<rss><channel><item><pubDate>{date}</pubDate><link>{link}</link></item></channel></rss>"
        url = server.answer("/rss", Reply(rss.encode()))
        told = source(type="cap_feed", url=url).read(around(tmp_path, now=NOW, asked_by=client(tmp_path)))
        assert [each.identifier for each in told.messages] == ["TY-1"]
