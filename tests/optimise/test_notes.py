"""What a plan tells of how it was solved."""

import pytest

from gallery import GALLERY
from waterbalance.optimise.solve import solve
from waterbalance.solver import highs


def test_a_coarser_tolerance_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    case = GALLERY["downstream_first"]()
    assert solve(case.network, case.state, case.forecasts, case.policy).notes == ()
    monkeypatch.setattr(highs, "_ATTEMPTS", (("choose", 1, highs.COARSE_TOLERANCE),))
    notes = solve(case.network, case.state, case.forecasts, case.policy).notes
    assert notes
    assert all("solved with a tolerance of 1e-07" in note for note in notes)
