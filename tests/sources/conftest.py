"""A server on loopback for each test that asks for one."""

from collections.abc import Iterator

import pytest

from sources.http_server import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running
