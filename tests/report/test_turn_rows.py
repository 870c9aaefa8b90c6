"""What the report tells of a turnout."""

from pathlib import Path

from canal_works import write_works
from waterbalance.report.language import Wording
from waterbalance.report.turns import FieldTurn, turn_rows
from waterbalance.scenario.read import read_scenario


def test_a_field_that_is_ahead_lacks_nothing(tmp_path: Path) -> None:
    network = read_scenario(write_works(tmp_path / "works")).network

    def lacking(wanted: float, brought: float) -> str:
        field = FieldTurn("gate_a", "fields_a", 7200.0, brought, wanted - brought, None, None, 0.0, (), wanted - 7200.0, wanted)
        ((*_, short, cause),) = turn_rows((field,), network, Wording("en"))
        assert cause == "–"
        return str(short)

    # Yesterday brought today's 7,200 m3, but for half a cubic metre of rounding.
    assert lacking(0.5, 0.0) == "none"
    assert lacking(7200.0, 7190.0) == "none"
    assert lacking(7200.0, 3600.0) == "50.0%"
