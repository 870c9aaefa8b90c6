from pathlib import Path

import pytest

from scenario.folders import copy_of_tutorial


@pytest.fixture
def tutorial(tmp_path: Path) -> Path:
    """A copy of the tutorial that a test may break."""
    return copy_of_tutorial(tmp_path)
