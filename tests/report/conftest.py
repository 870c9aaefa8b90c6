"""One planned scenario for all tests of reports: planning it takes longer than reading it off."""

import pytest

from two_lakes import plan_two_lakes
from waterbalance.report.planned import Planned
from waterbalance.report.summary import Summary, summarise


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """Two lakes, planned."""
    return plan_two_lakes(tmp_path_factory.mktemp("two_lakes"))


@pytest.fixture(scope="session")
def summary(planned: Planned) -> Summary:
    """Its numbers."""
    return summarise(planned)
