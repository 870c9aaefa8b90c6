"""Libraries that some tests try and the lock leaves out: their newest releases ask for pandas below 3."""

from types import ModuleType
from typing import Final

import pytest

LEFT_OUT: Final = ("skforecast", "statsforecast")
_REASON: Final = "needs the extra"


def outside_library(module: str) -> ModuleType:
    """A module of such a library; the test is skipped where it is absent."""
    return pytest.importorskip(module, reason=f"{_REASON} {module.partition('.')[0]}")


def left_out(reason: str) -> bool:
    """Whether a test was skipped for one of them."""
    return reason in {f"{_REASON} {name}" for name in LEFT_OUT}
