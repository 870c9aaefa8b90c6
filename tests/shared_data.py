"""The folder of shared data beside the clone: read in tests, never copied into the repository."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"

NEEDS_SHARED = "needs ../shared"
"""How the reason of a skip begins when only the shared data is missing."""

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=NEEDS_SHARED)
"""Marks a test that reads the shared data by itself; the fixture `shared` does it for the others."""
