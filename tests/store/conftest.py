"""Every test of the store runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from postgresql_server import NEEDS_POSTGRESQL, postgresql, programs
from waterbalance.store.database import Store, open_store


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    found = programs()
    if found is None:
        pytest.skip(NEEDS_POSTGRESQL)
    with postgresql(found) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    from sqlalchemy import create_engine, text

    whole: str = request.getfixturevalue("postgresql_url")
    engine = create_engine(whole.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return whole


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """For what only SQLite lets somebody do."""
    opened = open_store(f"sqlite:///{tmp_path / 'only.sqlite'}")
    yield opened
    opened.close()
