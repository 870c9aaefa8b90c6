"""Commands and envelopes are the same bytes for the same words."""

import contextlib
import functools
import json
import math
import operator
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commands import NOON, command, envelope
from waterbalance.errors import InputError
from waterbalance.schedule.canonical import canonical
from waterbalance.schedule.command import Command, Fallback
from waterbalance.schedule.device import Device
from waterbalance.schedule.envelope import Envelope
from waterbalance.schedule.guard_commands import wrong_with


def test_canonical_json_is_that_of_rfc_8785() -> None:
    # Section 3.2.3 and appendix B of the RFC.
    assert canonical({"b": [1.0, 1e21, 1e-7, 0.000001, -0.0], "a": "€"}) == '{"a":"€","b":[1,1e+21,1e-7,0.000001,0]}'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 2**53 + 1])
def test_what_json_has_no_place_for_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="no place in JSON"):
        canonical({"a": value})


def test_a_name_is_a_uuid_of_the_content_and_of_nothing_else() -> None:
    name = command().cmd_id
    assert uuid.UUID(name).version == 8
    assert command().cmd_id == name
    assert command(setpoints=(1.25, 0.501)).cmd_id != name
    assert replace(command(), plan="1" * 64).cmd_id != name


def test_another_process_gives_the_same_name() -> None:
    tests = str(Path(__file__).parents[1])
    line = f"import sys; sys.path.insert(0, {tests!r}); from commands import command; print(command().cmd_id, end='')"
    told = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True).stdout
    assert told == command().cmd_id


def test_what_is_sent_is_read_as_it_was() -> None:
    sent = envelope(command(), 7)
    assert Envelope.from_payload(sent.payload()) == sent
    assert Command.from_content(sent.command.content()) == sent.command
    content = json.loads(sent.payload())
    assert (content["sequence"], content["supersedes"], content["rows"][0]["setpoint"]) == (7, 6, 1.25)
    assert content["valid_from"] == NOON.isoformat() == "2026-11-26T12:00:00+08:00"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda payload: payload.replace(b'"setpoint":1.25', b'"setpoint":1.26'),
        lambda payload: payload.replace(b'"sequence":1', b'"sequence": 1'),
        lambda payload: payload[:-1] + b',"extra":1}',
        lambda payload: payload.replace(b"T00:00", b" 00:00"),
        lambda payload: payload[:-1],
        lambda _: b"[]",
        lambda _: b"\xff",
    ],
)
def test_what_was_not_sent_is_not_read(spoil: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each has its own words)
        Envelope.from_payload(spoil(envelope(command()).payload()))  # type: ignore[operator]


STRANGE = (None, True, -1, 10**400, math.nan, math.inf, 1e308, "0", "x", "0001-01-01T00:00:00+23:59", [], {}, [[]])


def spots(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """Ways to everything inside of a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*way, key)
        yield from spots(one, (*way, key))


def test_whatever_stands_in_an_order_it_is_read_as_it_was_or_not_at_all() -> None:
    """Also where whoever changed it has named it anew; nobody has to look at the kinds of its fields afterwards."""
    sound = json.loads(envelope(replace(command(), fallback=Fallback("flow", 0.3))).payload())
    read = 0
    for way in spots(sound):
        for strange in STRANGE:
            content = json.loads(json.dumps(sound))
            inside = functools.reduce(operator.getitem, way[:-1], content)
            inside[way[-1]] = strange
            with contextlib.suppress(ValueError, TypeError, LookupError, ArithmeticError, AttributeError, InputError):
                content["cmd_id"] = Command.from_content(content).cmd_id
            try:
                found = Envelope.from_payload(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())
            except ValueError:
                continue
            read += 1
            limits = found.command.limits
            numbers = (limits.least, limits.most, *(row.setpoint for row in found.command.rows), found.command.fallback.after)
            assert {type(each) for each in numbers} == {float}
            device = Device("gate_a", "main_canal", limits)
            assert isinstance(wrong_with(found.command, device, NOON), tuple)
    assert read > 20
    with pytest.raises(ValueError, match="RecursionError"):
        Envelope.from_payload(b"[" * 100_000)
