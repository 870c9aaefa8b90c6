"""What every test may use, and the rule about skips on the machine that checks.

With `CI=true` a skipped test is a failed test: a server, a library or a file that should be there is not. The only skips
allowed then are for the shared data, where there is none beside the clone, and for the libraries that the lock leaves out.
"""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from outside_libraries import left_out
from shared_data import NEEDS_SHARED, SHARED


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data beside the clone."""
    if not SHARED.is_dir():
        pytest.skip(NEEDS_SHARED)
    return SHARED


def pytest_configure() -> None:
    """Commands of tests take their stores and keys from the tests, never from whoever runs them."""
    for name in ("WATERBALANCE_STORE", "WATERBALANCE_SIGNING_KEY", "WATERBALANCE_PUBLIC_KEYS"):
        os.environ.pop(name, None)


def forbidden_skip(reason: str) -> bool:
    """Whether a skip for this reason counts as a failure here."""
    if os.environ.get("CI") != "true":
        return False
    if left_out(reason):
        return False
    return SHARED.is_dir() or not reason.startswith(NEEDS_SHARED)


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a forbidden skip into a failure that names its reason."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if forbidden_skip(reason):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped (CI=true): {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look at the report of each test."""
    report = yield
    refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Look at the report of each module that skips itself as a whole."""
    report = yield
    refuse_skip(report)
    return report
