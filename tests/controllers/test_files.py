"""What people at gates are given, and what counts as their word."""

import csv
import datetime as dt
import io
import itertools
import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args, get_type_hints
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from controllers.orders import TAIPEI, changed, order
from waterbalance.controllers.controller import AGREED, RefusedError, UnreachableError
from waterbalance.controllers.files import Files
from waterbalance.controllers.sheet import sheet_html, sheet_of
from waterbalance.controllers.sheet_excel import sheet_excel
from waterbalance.controllers.sheet_texts import LANGUAGES, TEXTS, Language
from waterbalance.errors import UsageError
from waterbalance.schedule.command import Action, Fallback, Label, Mode, Row
from waterbalance.schedule.envelope import Approval, Envelope

HOSTILE = {"lateral_3": {"en": "<script>alert(1)</script>", "zh-TW": '=HYPERLINK("http://x")'}}


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def commit_without_receipt(files: Files, envelope: Envelope) -> None:
    files.stage(envelope)
    with pytest.raises(UnreachableError, match="no receipt yet"):
        files.commit(envelope)


def test_a_written_file_is_no_acceptance(tmp_path: Path) -> None:
    files = Files("G1", tmp_path / "canal")
    envelope = order("G1")
    commit_without_receipt(files, envelope)
    assert Envelope.from_payload((tmp_path / "canal" / "G1.json").read_bytes()) == envelope
    assert files.read_back().rows == ()
    assert files.state().applied is None


def test_delivery_is_acceptance_only_where_that_is_declared(tmp_path: Path) -> None:
    files = Files("G1", tmp_path / "canal", acceptance="delivered")
    envelope = order("G1")
    files.stage(envelope)
    acknowledgement = files.commit(envelope)
    assert acknowledgement.status in AGREED
    assert "no receipt is asked for" in str(acknowledgement.code)
    assert files.read_back().rows == envelope.command.rows


def test_the_sheet_is_printed_in_both_languages(tmp_path: Path) -> None:
    files = Files("G1", tmp_path / "canal", titles={"lateral_3": {"en": "Lateral 3", "zh-TW": "第三支線"}}, excel=True)
    commit_without_receipt(files, order("G1", sequence=412, fallback=Fallback("flow", 0.3)))
    english = (tmp_path / "canal" / "sheet.en.html").read_text(encoding="utf-8")
    chinese = (tmp_path / "canal" / "sheet.zh-TW.html").read_text(encoding="utf-8")
    assert "Lateral 3 (G1)" in english
    assert "set it to 0.3 m3/s" in english
    assert "第三支線 (G1)" in chinese
    assert "閘門操作單" in chinese
    for page in (english, chinese):
        words = Tags(page).words
        assert words.count("1.25") == words.count("0.8") == words.count("0") == 1
        assert "http" not in page.replace("http-equiv", "")
    sheets = openpyxl.load_workbook(tmp_path / "canal" / "sheet.xlsx")
    assert sheets.sheetnames == ["en", "zh-TW"]


def test_a_title_with_markup_or_a_formula_stays_text() -> None:
    envelope = order("G1")
    page = sheet_html(sheet_of("<img src=x onerror=alert(1)>", (envelope,), HOSTILE, "en"))
    assert {"script", "img"} & set(Tags(page).tags) == set()
    assert "<script>alert(1)</script> (G1)" in Tags(page).words
    book = openpyxl.load_workbook(io.BytesIO(sheet_excel([sheet_of("=1+1", (envelope,), HOSTILE, "zh-TW")])))
    cells = [cell for line in book["zh-TW"].iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)


def test_several_gates_of_a_canal_stand_on_one_sheet(tmp_path: Path) -> None:
    for number in range(3):
        commit_without_receipt(Files(f"G{number}", tmp_path / "canal"), order(f"G{number}", sequence=number + 1))
    page = Tags((tmp_path / "canal" / "sheet.en.html").read_text(encoding="utf-8"))
    assert page.tags.count("section") == 3
    # Before them, in order of time, what is to be done at all of them; the last that closes is named as such.
    rows = [page.words.index(word) for word in ("What is to be done, in order of time", "lateral_3 (G0)", "closed", "Issued")]
    assert rows == sorted(rows)


def test_in_order_of_time_a_gate_is_named_only_where_it_is_moved() -> None:
    first = order("G1", (0.5, 0.5, 0.0), start=SIX)
    second = changed(order("G2", (1.0, 0.0, 0.0), start=SIX), structure="lateral_4")
    steps = sheet_of("canal", (first, second), {}, "en").steps
    assert [(step.start[-5:], step.gate, step.setpoint, step.is_closed) for step in steps] == [
        ("06:00", "lateral_3 (G1)", "0.5", False),
        ("06:00", "lateral_4 (G2)", "1", False),
        ("07:00", "lateral_4 (G2)", "0", True),
        ("08:00", "lateral_3 (G1)", "0", True),
    ]
    assert steps[0].start == "Mon 2026-11-23 06:00"
    assert sheet_of("canal", (first, second), {}, "zh-TW").steps[0].start == "週一 2026-11-23 06:00"
    # One gate alone has its own list; one that is to close at once comes before everything.
    assert sheet_of("canal", (first,), {}, "en").steps == ()
    stopped = changed(second, action="stop", rows=())
    assert [each.urgent for each in sheet_of("canal", (first, stopped), {}, "en").orders] == [True, False]


def test_the_workbook_can_be_signed_on_paper() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheet_excel([sheet_of("canal", (order("G1", start=SIX),), {}, "en")])))["en"]
    cells = {cell.value: cell for line in book.iter_rows() for cell in line if cell.value}
    first = cells["Mon 2026-11-23 06:00"]
    frame = [book.cell(first.row, column) for column in range(1, 7)]
    assert all(cell.border.left.style and cell.border.bottom.style for cell in frame)
    assert [frame[2].value, frame[2].font.b, frame[3].value] == ["1.25", True, None]
    assert first.font.sz >= 14
    assert book.row_dimensions[first.row].height >= 24


def test_stop_and_withdrawal_are_loud_on_the_sheet(tmp_path: Path) -> None:
    files = Files("G1", tmp_path / "canal")
    commit_without_receipt(files, order("G1"))
    commit_without_receipt(files, order("G1", sequence=2, action="stop"))
    page = (tmp_path / "canal" / "sheet.en.html").read_text(encoding="utf-8")
    assert "CLOSE AT ONCE" in page
    assert "1.25" not in page


def test_a_cell_that_a_spreadsheet_would_obey_is_quoted(tmp_path: Path) -> None:
    files = Files("G1", tmp_path / "canal")
    commit_without_receipt(files, changed(order("G1"), unit="=cmd|'/c calc'!A0"))
    lines = list(csv.DictReader(io.StringIO((tmp_path / "canal" / "G1.csv").read_text(encoding="utf-8-sig"))))
    assert all(line["unit"].startswith("'=") for line in lines)


SIX = dt.datetime(2026, 11, 23, 6, tzinfo=TAIPEI)


def of_that_day(at: dt.datetime, folder: Path) -> tuple[Files, Envelope]:
    """An order of 05:55 for three hours from six on, told at that time, and the files as they are looked at later."""
    envelope = replace(order("G1", start=SIX), issued_at=SIX - dt.timedelta(minutes=5))
    commit_without_receipt(Files("G1", folder / "canal", clock=lambda: envelope.issued_at), envelope)
    return Files("G1", folder / "canal", clock=lambda: at), envelope


def receipt(tmp_path: Path, line_number: int | None = None, encoding: str = "utf-8", **told: str) -> Path:
    """The order's CSV, signed five minutes after six on that day or else just now; `told` in one line or in all."""
    lines = list(csv.DictReader(io.StringIO((tmp_path / "canal" / "G1.csv").read_text(encoding="utf-8-sig"))))
    signed = "2026-11-23T06:05" if lines[0]["start"].startswith("2026-11-23T06") else dt.datetime.now(TAIPEI).isoformat()
    for number, line in enumerate(lines, start=2):
        line |= {"by": "Lin", "at": signed, **(told if line_number in {None, number} else {})}
    out = io.StringIO()
    writer = csv.DictWriter(out, lines[0])
    writer.writeheader()
    writer.writerows(lines)
    path = tmp_path / "canal" / "G1.receipt.csv"
    path.write_text(out.getvalue(), encoding=encoding)
    return path


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"by": " "}, "nobody's name"),
        ({"status": "perhaps"}, "status 'perhaps'"),
        ({"at": "this morning"}, "at 'this morning'"),
        ({"set_to": "nan"}, "set_to 'nan'"),
        ({"set_to": "=1+1"}, "set_to '=1\\+1'"),
    ],
)
def test_a_receipt_that_is_not_complete_is_none_and_says_why(tmp_path: Path, told: dict[str, str], said: str) -> None:
    files, envelope = Files("G1", tmp_path / "canal"), order("G1")
    commit_without_receipt(files, envelope)
    receipt(tmp_path, **told)
    with pytest.raises(UnreachableError, match=said):
        files.commit(envelope)


def test_a_time_without_offset_is_local_at_the_gate(tmp_path: Path) -> None:
    files, envelope = of_that_day(SIX + dt.timedelta(minutes=10), tmp_path)
    receipt(tmp_path, status="已接受")
    acknowledgement = files.commit(envelope)
    assert acknowledgement.status == "accepted"
    assert acknowledgement.at.isoformat() == "2026-11-23T06:05:00+08:00"
    assert files.read_back().rows == envelope.command.rows


def test_an_app_may_sign_with_a_small_json(tmp_path: Path) -> None:
    files, envelope = of_that_day(SIX + dt.timedelta(hours=3, minutes=5), tmp_path)
    first = envelope.command.rows[0]
    told = {"cmd_id": envelope.command.cmd_id, "by": "Lin", "at": "2026-11-23T09:05:00+08:00", "status": "done"}
    rows = [{"start": first.start.isoformat(), "set_to": 1.0}]
    (tmp_path / "canal" / "G1.receipt.json").write_text(json.dumps({**told, "rows": rows}), encoding="utf-8")
    assert files.commit(envelope).status == "done"
    assert files.read_back().rows == (replace(first, setpoint=1.0), *envelope.command.rows[1:])


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"at": "2016-11-23T06:05"}, "line 3: at '2016-11-23T06:05'; allowed: from 2026-11-23 05:55"),
        ({"at": "2036-11-23T06:05"}, "line 3: at '2036-11-23T06:05'; allowed: from 2026-11-23 05:55"),
        ({"at": "0001-01-01T00:00"}, "line 3: at '0001"),
        ({"at": "9999-12-31T23:59"}, "line 3: at '9999"),
        ({"at": "2026-11-23T07:30"}, "line 3: at '2026-11-23T07:30'"),
        ({"status": "done"}, "line 3: status 'done'; allowed: accepted, for at 2026-11-23T06:05 the row was to hold until"),
        ({"setpoint": "0.9"}, "line 3: setpoint '0.9'; allowed: 0.8, as in the order; what was set otherwise"),
        ({"setpoint": ""}, "line 3: setpoint ''"),
        ({"start": "2026-11-23T07:30:00+08:00"}, "line 3: start '2026-11-23T07:30:00\\+08:00'"),
        ({"start": "2026-11-23T06:00:00+08:00"}, "line 3: start .* each row once"),
        ({"end": "2026-11-23T10:00:00+08:00"}, "line 3: end '2026-11-23T10:00:00\\+08:00'"),
        ({"cmd_id": "00000000-0000-8000-8000-000000000000"}, "line 3: cmd_id '0000"),
        ({"sequence": "2"}, "line 3: sequence '2'; allowed: 1, as in the order"),
        ({"action": "stop"}, "line 3: action 'stop'"),
    ],
)
def test_a_receipt_that_says_another_thing_than_the_order_is_told_by_its_line(
    tmp_path: Path, told: dict[str, str], said: str
) -> None:
    files, envelope = of_that_day(SIX + dt.timedelta(minutes=10), tmp_path)
    receipt(tmp_path, 3, **told)
    with pytest.raises(UnreachableError, match=said):
        files.commit(envelope)
    receipt(tmp_path)
    assert files.commit(envelope).status == "accepted"


def test_every_line_with_another_name_is_told_too(tmp_path: Path) -> None:
    files, envelope = of_that_day(SIX + dt.timedelta(minutes=10), tmp_path)
    receipt(tmp_path, cmd_id="00000000-0000-8000-8000-000000000000")
    with pytest.raises(UnreachableError, match="line 2: cmd_id"):
        files.commit(envelope)


def test_the_receipt_of_another_gate_is_told_by_its_structure(tmp_path: Path) -> None:
    """Both were issued together and have the same number; nobody knows a gate by its command's name."""
    files, envelope = of_that_day(SIX + dt.timedelta(minutes=10), tmp_path)
    receipt(tmp_path, structure="lateral_4", cmd_id="00000000-0000-8000-8000-000000000000")
    with pytest.raises(UnreachableError, match="line 2: structure 'lateral_4'; allowed: lateral_3, as in the order"):
        files.commit(envelope)


@pytest.mark.parametrize(("minutes", "status"), [(3, "accepted"), (7, "rejected")])
def test_of_a_sheet_and_an_app_the_later_word_counts(tmp_path: Path, minutes: int, status: str) -> None:
    files, envelope = of_that_day(SIX + dt.timedelta(minutes=10), tmp_path)
    receipt(tmp_path)
    at = (SIX + dt.timedelta(minutes=minutes)).isoformat()
    told = {"cmd_id": envelope.command.cmd_id, "by": "Lin", "at": at, "status": "rejected"}
    (tmp_path / "canal" / "G1.receipt.json").write_text(json.dumps(told), encoding="utf-8")
    assert files.commit(envelope).status == status


def test_done_counts_for_a_row_that_has_ended(tmp_path: Path) -> None:
    files, envelope = of_that_day(SIX + dt.timedelta(hours=3, minutes=10), tmp_path)
    receipt(tmp_path, status="done", at="2026/11/23 9:05")
    assert files.commit(envelope).status == "done"


def test_a_receipt_that_does_not_count_holds_up_no_later_order(tmp_path: Path) -> None:
    files, envelope = Files("G1", tmp_path / "canal"), order("G1")
    commit_without_receipt(files, envelope)
    receipt(tmp_path, at="2036-11-23T06:05")
    assert files.state().applied is None
    commit_without_receipt(files, order("G1", sequence=2, action="stop"))


def test_a_receipt_that_excel_saved_in_taiwan_counts(tmp_path: Path) -> None:
    files, envelope = of_that_day(SIX + dt.timedelta(minutes=10), tmp_path)
    receipt(tmp_path, encoding="cp950", by="林大明", status="已接受", at="2026/11/23 06:05", remark="閘門已調整")
    acknowledgement = files.commit(envelope)
    assert (acknowledgement.status, acknowledgement.code) == ("accepted", "閘門已調整")
    (tmp_path / "canal" / "G1.receipt.csv").write_bytes(b"cmd_id\n\xff\xff")
    with pytest.raises(UnreachableError, match="UTF-8 or Big5"):
        files.commit(envelope)


def test_times_of_an_order_are_told_to_the_second_with_the_offset_of_the_place(tmp_path: Path) -> None:
    """A change at midday begins at the moment of the engine's clock, in UTC and with microseconds."""
    files, envelope = Files("G1", tmp_path / "canal"), order("G1")
    first, *others = envelope.command.rows
    moment = first.start.astimezone(dt.UTC) + dt.timedelta(seconds=61, microseconds=5)
    midday = changed(envelope, rows=(replace(first, start=moment), *others), valid_from=moment)
    commit_without_receipt(files, midday)
    text = (tmp_path / "canal" / "G1.csv").read_text(encoding="utf-8-sig")
    assert f"{first.start:%Y-%m-%dT%H}:01:01+08:00," in text
    receipt(tmp_path)
    assert files.commit(midday).status == "accepted"
    assert files.read_back().rows == midday.command.rows


@pytest.mark.parametrize("seconds", [0, 42])
@pytest.mark.parametrize("at", ["2026/11/23 06:05", "2026/11/23 上午 6:05:00", "115/11/23 06:05"])
def test_excel_may_write_every_time_to_the_minute_and_numbers_with_a_comma(tmp_path: Path, seconds: int, at: str) -> None:
    """An order that is issued while the day runs begins at a second that a spreadsheet does not show."""
    files, envelope = of_that_day(SIX + dt.timedelta(minutes=10), tmp_path)
    first, *others = envelope.command.rows
    moment = first.start + dt.timedelta(seconds=seconds)
    midday = replace(changed(envelope, rows=(replace(first, start=moment), *others), valid_from=moment), sequence=2)
    files.stage(midday)
    with pytest.raises(UnreachableError):
        files.commit(midday)
    lines = list(csv.DictReader(io.StringIO((tmp_path / "canal" / "G1.csv").read_text(encoding="utf-8-sig"))))
    for line in lines:
        start, end = (dt.datetime.fromisoformat(line[name]) for name in ("start", "end"))
        line |= {
            "start": f"{start:%Y/%m/%d %H:%M}",
            "end": f"{end:%Y/%m/%d %H:%M}",
            "setpoint": line["setpoint"].replace(".", ","),
        }
        line |= {"by": "Lin", "at": at, "set_to": line["setpoint"]}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    (tmp_path / "canal" / "G1.receipt.csv").write_bytes(out.getvalue().encode("utf-8-sig"))
    assert files.commit(midday).status == "accepted"
    assert files.read_back().rows == midday.command.rows


def test_an_order_that_is_sent_once_more_leaves_its_receipt_standing(tmp_path: Path) -> None:
    """What lies in the folder has not changed: whoever mends a receipt signs no second time."""
    files, envelope = of_that_day(SIX + dt.timedelta(minutes=10), tmp_path)
    receipt(tmp_path)
    again = replace(envelope, issued_at=envelope.issued_at + dt.timedelta(hours=1))
    later = replace(files, clock=lambda: SIX + dt.timedelta(hours=1, minutes=10))
    later.stage(again)
    assert later.commit(again).at == SIX + dt.timedelta(minutes=5)


@pytest.mark.parametrize("text", ["[1]", "{", '{"cmd_id": 5, "rows": 3}', "null", '"x"', "[" * 200_000])
def test_a_json_that_is_no_receipt_is_told(tmp_path: Path, text: str) -> None:
    files, envelope = Files("G1", tmp_path / "canal"), order("G1")
    commit_without_receipt(files, envelope)
    (tmp_path / "canal" / "G1.receipt.json").write_text(text, encoding="utf-8")
    with pytest.raises(UnreachableError, match="the receipt does not count"):
        files.commit(envelope)


def test_the_receipt_of_an_earlier_order_does_not_count(tmp_path: Path) -> None:
    files, first = Files("G1", tmp_path / "canal"), order("G1")
    commit_without_receipt(files, first)
    receipt(tmp_path)
    assert files.commit(first).status in AGREED
    commit_without_receipt(files, order("G1", (1.0,), sequence=2))


def test_what_has_not_been_staged_is_not_committed(tmp_path: Path) -> None:
    files = Files("G1", tmp_path / "canal")
    with pytest.raises(RefusedError, match="staged"):
        files.commit(order("G1"))
    assert not (tmp_path / "canal" / "G1.json").exists()


def test_a_folder_that_takes_no_file_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "canal").write_text("a file, not a folder")
    with pytest.raises(UnreachableError, match="cannot be read"):
        Files("G1", tmp_path / "canal").stage(order("G1"))
    with pytest.raises(UnreachableError, match="not there"):
        Files("G1", tmp_path / "nowhere").state()


def test_a_missing_library_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(UsageError, match=r"pip install 'waterbalance\[excel\]'"):
        sheet_excel([sheet_of("canal", (order("G1"),), {}, "en")])


def test_the_files_can_be_read_by_others(tmp_path: Path) -> None:
    commit_without_receipt(Files("G1", tmp_path / "canal"), order("G1"))
    assert (tmp_path / "canal" / "G1.json").stat().st_mode & 0o777 == 0o644
    assert not any(path.name.startswith(".") for path in (tmp_path / "canal").iterdir())


def test_times_on_the_sheet_are_those_of_the_place() -> None:
    """However the engine's clock tells a change, its approval or a recall."""
    envelope = replace(order("G1", start=SIX), approvals=(Approval("chief", SIX.astimezone(dt.UTC)),))
    first, *others = envelope.command.rows
    moment = SIX.astimezone(dt.UTC) + dt.timedelta(minutes=7, microseconds=5)
    midday = changed(envelope, rows=(replace(first, start=moment), *others), valid_from=moment)
    stop = changed(envelope, rows=(), action="stop", valid_from=moment)
    for told, starts in ((midday, 2), (stop, 1)):
        page = sheet_html(sheet_of("canal", (told,), {}, "en"))
        assert page.count("2026-11-23 06:07") == starts
        assert "2026-11-23 09:00" in page
        assert "chief (2026-11-23 06:00)" in page
        assert "2026-11-22" not in page


@pytest.mark.parametrize(
    ("language", "times"),
    [("en", "All times in</dt><dd>Asia/Taipei (UTC+08:00)"), ("zh-TW", "時區</dt><dd>Asia/Taipei (UTC+08:00)")],
)
def test_a_fallback_that_the_engine_told_in_utc_is_printed_in_the_zone_of_the_scenario(
    tmp_path: Path, language: Language, times: str
) -> None:
    files = Files("G1", tmp_path / "canal", "delivered", excel=True, zone=ZoneInfo("Asia/Taipei"))
    began = SIX.astimezone(dt.UTC).replace(microsecond=5)
    row = Row(began, began + dt.timedelta(days=1), 0.3)
    envelope = changed(
        order("G1", start=SIX), rows=(row,), label="fallback", valid_from=began, valid_until=began + dt.timedelta(days=2)
    )
    files = replace(files, clock=lambda: SIX)
    files.stage(envelope)
    files.commit(envelope)
    page = (tmp_path / "canal" / f"sheet.{language}.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(tmp_path / "canal" / "sheet.xlsx")[language]
    cells = [str(cell.value) for line in book.iter_rows() for cell in line]
    assert times in page
    assert "Asia/Taipei (UTC+08:00)" in cells
    for printed in (page, " ".join(cells), (tmp_path / "canal" / "G1.csv").read_text(encoding="utf-8-sig")):
        assert "2026-11-23" in printed
        assert "06:00" in printed
        assert "2026-11-22" not in printed
        assert "22:00" not in printed
        assert "+00:00" not in printed


def test_both_offsets_are_named_where_clocks_are_put_back() -> None:
    begin = dt.datetime(2026, 10, 24, 22, tzinfo=dt.UTC)
    told = changed(order("G1"), rows=(), action="stop", valid_from=begin, valid_until=begin + dt.timedelta(days=1))
    facts = dict(sheet_of("canal", (told,), {}, "en", ZoneInfo("Europe/Madrid")).orders[0].facts)
    assert facts["All times in"] == "Europe/Madrid (UTC+02:00, UTC+01:00)"
    assert facts["Valid"] == "2026-10-25 00:00 to 2026-10-25 23:00"
    assert dict(sheet_of("canal", (told,), {}, "en").orders[0].facts)["All times in"] == "UTC"


def test_a_receipt_without_an_offset_is_signed_by_the_clock_at_the_gate(tmp_path: Path) -> None:
    files, _ = of_that_day(SIX + dt.timedelta(minutes=10), tmp_path)
    files = replace(files, zone=ZoneInfo("Asia/Taipei"))
    rows = (Row(SIX.astimezone(dt.UTC), SIX.astimezone(dt.UTC) + dt.timedelta(hours=3), 0.5),)
    envelope = replace(changed(order("G1", start=SIX), rows=rows, valid_from=rows[0].start), issued_at=SIX, sequence=9)
    commit_without_receipt(files, envelope)
    receipt(tmp_path, at="2026-11-23 06:05")
    assert files.commit(envelope).at == SIX + dt.timedelta(minutes=5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_action_and_mode_has_its_words(language: Language) -> None:
    for label, action, mode in itertools.product(get_args(Label), get_args(Action), get_args(Mode)):
        told = changed(order("G1"), label=label, action=action, mode=mode)
        (printed,) = sheet_of("canal", (told,), {}, language).orders
        assert printed.told
        assert printed.unit.endswith(f"({TEXTS[language]['mode_' + mode]})")
    told_apart = {TEXTS[language][label] for label in get_args(Label)}
    assert len(told_apart) == len(get_args(Label))
    assert TEXTS["en"].keys() == TEXTS["zh-TW"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mode", get_args(get_type_hints(Fallback)["mode"]))
def test_a_stop_says_one_thing_only(language: Language, mode: str) -> None:
    fallback = Fallback(mode, 0.3 if mode == "flow" else None)  # type: ignore[arg-type]
    withdrawn, stopped = (
        sheet_html(sheet_of("canal", (order("G1", action=action, fallback=fallback),), {}, language))
        for action in ("withdraw", "stop")
    )
    assert TEXTS[language][mode] in withdrawn
    assert TEXTS[language]["stop"] in stopped
    assert TEXTS[language]["if_nothing"] not in stopped
    assert f">{TEXTS[language][mode]}" not in stopped


@pytest.mark.parametrize(("at", "counts"), [("2026-11-23T08:50", True), ("2026-11-23T08:49", False)])
def test_a_watch_may_be_ten_minutes_off(tmp_path: Path, at: str, *, counts: bool) -> None:
    files, envelope = of_that_day(SIX + dt.timedelta(hours=3), tmp_path)
    receipt(tmp_path, status="done", at=at)
    if counts:
        assert files.commit(envelope).status == "done"
        return
    with pytest.raises(UnreachableError, match="line 4: status 'done'; allowed: accepted, for at 2026-11-23T08:49"):
        files.commit(envelope)
