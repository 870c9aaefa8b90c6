"""What the dispatcher says about the gates that it sets."""

from zoneinfo import ZoneInfo

import pytest

from commands import NOON
from waterbalance.cli import dispatching
from waterbalance.operate.issuing.dispatcher import Tick
from waterbalance.report.language import Wording


def test_gates_are_set_by_the_clock_of_the_scenario(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(dispatching, "now", lambda: NOON)
    dispatching.tell(Tick({"gate_a": 0.25}, {"gate_b": "no answer"}), Wording(), ZoneInfo("Europe/Berlin"))
    told = capsys.readouterr()
    assert (told.out, told.err) == ("2026-11-26T05:00:00+01:00 gate_a: 0.25\n", "2026-11-26T05:00:00+01:00 gate_b: no answer\n")
