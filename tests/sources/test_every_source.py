"""One battery for every adapter: the page `sources/source.py`, sentence by sentence."""

import datetime as dt
import json
import math
import random
import typing
from pathlib import Path
from typing import Any

import pytest

from sources.asking import KEY, NOW, SECRET, around, client, day, source, told, values
from sources.examples import EXAMPLES, Example
from sources.http_server import Reply, Server
from sources.http_server import told as told_as_json
from waterbalance import units
from waterbalance.errors import InputError, SourceError, WaterBalanceError
from waterbalance.forecast.readings import Origin
from waterbalance.sources.registry import AnySource
from waterbalance.sources.series_settings import INTERNAL
from waterbalance.sources.source import Fetched, SourceSettings, key_of

each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.type)
each_server = pytest.mark.parametrize(
    "example", [example for example in EXAMPLES if example.path is not None], ids=lambda example: example.type
)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, SECRET)


def made(example: Example, server: Server, folder: Path, **more: Any) -> SourceSettings:  # noqa: ANN401
    example.serve(server)
    settings = example.settings(server.url, folder)
    return source(type=example.type, **{**settings, "series": settings["series"] | more})


def read(example: Example, made_of: SourceSettings, folder: Path, **more: Any) -> Fetched:  # noqa: ANN401
    return made_of.read(day(example.first), day(example.last), around(folder, **more))


def test_every_adapter_has_an_example() -> None:
    union = typing.get_args(AnySource)[0]
    types = {typing.get_args(kind.model_fields["type"].annotation)[0] for kind in typing.get_args(union)}
    assert types == {example.type for example in EXAMPLES}


@each
def test_answers_become_the_readings_worked_out_on_paper(example: Example, server: Server, tmp_path: Path) -> None:
    fetched = read(example, made(example, server, tmp_path), tmp_path)
    assert values(fetched) == pytest.approx(example.expected, rel=1e-12)


@each
def test_readings_keep_to_the_contract(example: Example, server: Server, tmp_path: Path) -> None:
    asked = made(example, server, tmp_path)
    readings = read(example, asked, tmp_path).readings
    assert {reading.key for reading in readings} <= set(asked.keys)
    assert len({(reading.key, reading.date) for reading in readings}) == len(readings)
    for reading in readings:
        assert day(example.first) <= reading.date <= day(example.last)
        assert type(reading.date) is dt.date
        assert (reading.source, reading.known_at, reading.origin, reading.read) == ("agency", NOW, Origin.ORIGINAL, None)
        assert reading.unit in INTERNAL
        assert type(reading.value) is float


@each
def test_a_series_that_does_not_exist_costs_only_itself(example: Example, server: Server, tmp_path: Path) -> None:
    fetched = read(example, made(example, server, tmp_path, **{"ghost.quantity": example.lost}), tmp_path)
    assert values(fetched) == pytest.approx(example.expected, rel=1e-12)
    about = [finding for finding in fetched.findings if "ghost.quantity" in str(finding.where)]
    assert len(about) == 1
    assert str(about[0].where).endswith("source agency, ghost.quantity")
    assert about[0].found
    assert about[0].remedy


@each
def test_a_series_in_a_unit_of_another_kind_is_refused_and_the_others_are_read(
    example: Example, server: Server, tmp_path: Path
) -> None:
    """What is told as a volume is no turbidity, whatever else it may be."""
    name = next(iter(example.expected))[0]
    fetched = read(example, made(example, server, tmp_path), tmp_path, due={key_of(name): units.TURBIDITY})
    assert values(fetched) == pytest.approx({key: value for key, value in example.expected.items() if key[0] != name}, rel=1e-12)
    (about,) = (finding for finding in fetched.findings if name in str(finding.where) and "of a turbidity" not in finding.what)
    assert "and the series is a turbidity" in about.what
    assert (about.found, about.allowed) != (None, None)
    assert "NTU" in str(about.remedy)


@each
def test_days_that_are_not_asked_for_are_not_handed_over(example: Example, server: Server, tmp_path: Path) -> None:
    only = min(date for _, date in example.expected)
    fetched = made(example, server, tmp_path).read(day(only), day(only), around(tmp_path))
    expected = {key: value for key, value in example.expected.items() if key[1] == only}
    assert values(fetched) == pytest.approx(expected, rel=1e-12)


@each
def test_days_of_another_year_are_told_to_be_missing(example: Example, server: Server, tmp_path: Path) -> None:
    fetched = made(example, server, tmp_path).read(day("1999-01-01"), day("1999-01-03"), around(tmp_path))
    assert fetched.readings == ()
    assert fetched.findings


@each
def test_an_unknown_setting_is_refused(example: Example, server: Server, tmp_path: Path) -> None:
    settings = example.settings(server.url, tmp_path)
    with pytest.raises(ValueError, match="colour"):
        source(type=example.type, colour="blue", **settings)


@each_server
@pytest.mark.parametrize(
    ("reply", "kind", "found"),
    [
        (Reply(b"", 500), SourceError, "500"),
        (Reply(b"", 503, {"Retry-After": "99999"}), SourceError, "99999 s"),
        (Reply(b"", 429), SourceError, "429"),
        (Reply(b"", 404), SourceError, "404"),
        (Reply(b"", 403), SourceError, "403"),
        (Reply(b"<!DOCTYPE html><p>maintenance", 200), InputError, "web page"),
        (Reply(b'[{"a": "1"', 200), InputError, "only a part"),
        (Reply(b"[1]", promised=400), SourceError, "3 of 400 bytes"),
        (Reply(b"\xff\xfe[]", 200), InputError, "UTF-8"),
        (Reply(b"", 200), InputError, "not JSON"),
        (Reply(b"[" * 200_000, 200), InputError, "nested"),
        (told_as_json("nothing"), InputError, "the answer "),
        (told_as_json(None), InputError, "the answer "),
        (told_as_json({"success": "false", "result": {"message": "no"}}), InputError, "the answer "),
        (told_as_json({"a": 1, "b": 2}), InputError, "the answer "),
        (Reply(b"", 302, {"Location": "https://elsewhere.example/?Authorization=" + SECRET}), InputError, "elsewhere.example"),
        (Reply(b"x" * 3_000_000, 200), InputError, "at most 1000000 bytes"),
    ],
    ids=lambda value: getattr(value, "__name__", "") or (value if isinstance(value, str) else ""),
)
def test_a_bad_answer_is_told(
    example: Example, server: Server, tmp_path: Path, reply: Reply, kind: type[WaterBalanceError], found: str
) -> None:
    asked = made(example, server, tmp_path)
    server.answer(str(example.path), reply)
    with pytest.raises(kind) as error:
        read(example, asked, tmp_path, asked_by=client(tmp_path, largest_answer=1_000_000))
    message = str(error.value)
    assert found in message
    assert f"{server.url}{example.path}" in message
    assert "source agency" in message
    assert SECRET not in message
    assert all(finding.found and finding.remedy for finding in error.value.findings)


@each_server
def test_a_silent_server_is_told(example: Example, server: Server, tmp_path: Path) -> None:
    asked = made(example, server, tmp_path)
    server.answer(str(example.path), Reply(wait=30.0))
    with pytest.raises(SourceError, match=r"silence for 0\.2 s") as error:
        read(example, asked, tmp_path, asked_by=client(tmp_path, timeout=0.2))
    assert error.value.exit_code == 69


@each_server
def test_a_server_that_fails_after_a_good_night_is_answered_by_it(example: Example, server: Server, tmp_path: Path) -> None:
    asked = made(example, server, tmp_path)
    read(example, asked, tmp_path)
    for path in server.answers:
        server.answer(path, Reply(b"", 503))
    fetched = read(example, asked, tmp_path, now=NOW + dt.timedelta(hours=20))
    assert values(fetched) == pytest.approx(example.expected, rel=1e-12)
    assert "the answer of 2026-04-06T04:30+08:00 is used" in told(fetched)
    assert len(set(fetched.findings)) == len(fetched.findings)
    for reading in fetched.readings:
        assert reading.known_at == NOW
        assert any("is used" in line for line in reading.why)
    with pytest.raises(SourceError, match="too old to be used"):
        read(example, asked, tmp_path, now=NOW + dt.timedelta(days=3))


@each_server
def test_keys_are_sent_and_stand_nowhere_else(
    example: Example, server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = made(example, server, tmp_path)
    fetched = read(example, asked, tmp_path)
    has_key = "key_from" in example.settings(server.url, tmp_path)
    assert {query.get("Authorization") for _, query in server.asked} == ({SECRET} if has_key else {None})
    kept = [path.read_bytes() for path in (tmp_path / "answers").iterdir()]
    assert kept
    written = [repr(asked), repr(fetched), caplog.text, *capfd.readouterr(), *map(repr, kept)]
    assert [text for text in written if SECRET in text] == []


@each_server
def test_answers_of_any_form_raise_only_what_the_contract_names(example: Example, server: Server, tmp_path: Path) -> None:
    """Four hundred answers with a part replaced by something else."""
    asked = made(example, server, tmp_path)
    true = server.answers[str(example.path)][0]
    query = {"page": "1", "size": "1000", "date": example.first}
    value = json.loads((true if isinstance(true, Reply) else true(query)).content)
    draw = random.Random(6)  # noqa: S311 (the same mutations every time)
    asked_by = client(tmp_path, kept=None)
    outcomes = set()
    for _ in range(400):
        broken = mutated(value, draw)
        server.answer(str(example.path), told_as_json(broken), told_as_json([]))
        try:
            fetched = read(example, asked, tmp_path, asked_by=asked_by)
        except (SourceError, InputError) as error:
            outcomes.add(type(error))
            continue
        outcomes.add(Fetched)
        assert all(math.isfinite(reading.value) for reading in fetched.readings)
        assert len({(reading.key, reading.date) for reading in fetched.readings}) == len(fetched.readings)
    assert Fetched in outcomes


JUNK: tuple[Any, ...] = (
    None,
    "",
    "T",
    "x" * 200,
    -1,
    1e308,
    True,
    [],
    {},
    [[]],
    {"value": 3},
    "2026-13-45T99:00",
    "９９",
    "1e999",
)


def mutated(value: Any, draw: random.Random) -> Any:  # noqa: ANN401
    """The value with one part of it replaced, left out or doubled."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        name = draw.choice(list(value))
        if draw.random() < 0.15:
            return {each: inner for each, inner in value.items() if each != name}
        return {**value, name: mutated(value[name], draw)}
    if isinstance(value, list) and value and draw.random() < 0.9:
        at = draw.randrange(len(value))
        if draw.random() < 0.15:
            return [*value, value[at]]
        return [*value[:at], mutated(value[at], draw), *value[at + 1 :]]
    return draw.choice(JUNK)
