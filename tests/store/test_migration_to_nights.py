"""Tables go up and down with what stands in them."""

import importlib
import pkgutil

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, select

from store.remembered import NEW, OLD, filled, remember_all, remember_plan, rows_of
from waterbalance.store import migrations
from waterbalance.store.audit_log import verify
from waterbalance.store.database import Store, open_store
from waterbalance.store.migrations import versions
from waterbalance.store.migrations.versions import v0003_nights
from waterbalance.store.tables import metadata


def take_down(store: Store, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, to)


def tables_in(store: Store) -> set[str]:
    with store.reading() as connection:
        there = MetaData()
        there.reflect(connection)
        return set(there.tables)


def test_nights_come_to_a_store_that_is_in_use_and_leave_it_as_it_was(url: str) -> None:
    before = open_store(url, revision=v0003_nights.down_revision)
    remember_plan(before)
    old = [table for table in metadata.sorted_tables if table.name not in NEW]
    with before.reading() as connection:
        rows = {table.name: connection.execute(select(table)).all() for table in old}
        assert all(rows[name] for name in OLD)
    assert not NEW & tables_in(before)
    before.close()

    after = open_store(url)
    assert tables_in(after) >= NEW

    def kept() -> bool:
        with after.reading() as connection:
            same = all(connection.execute(select(table)).all() == rows[table.name] for table in old)
            return same and verify(connection) == ()

    assert kept()
    with after.writing() as connection:
        # Something in each new table, which goes with it.
        for table in (each for each in metadata.sorted_tables if each.name in NEW):
            assert connection.execute(select(table)).first() is None
    take_down(after, v0003_nights.down_revision)
    assert not NEW & tables_in(after)
    assert kept()
    open_store(url).close()
    assert tables_in(after) >= NEW
    assert kept()
    with after.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    after.close()


def test_what_stands_in_the_new_tables_goes_and_nothing_else(store: Store, url: str) -> None:
    remember_all(store)
    full = rows_of(store)
    assert filled(full) >= OLD | NEW
    take_down(store, v0003_nights.down_revision)
    store.close()
    again = open_store(url)
    rows = rows_of(again)
    assert {name: each for name, each in rows.items() if name not in NEW} == {
        name: each for name, each in full.items() if name not in NEW
    }
    assert not any(rows[name] for name in NEW)
    again.close()


def test_migrations_are_one_chain() -> None:
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


@pytest.mark.parametrize("name", [each.name for each in pkgutil.iter_modules(versions.__path__) if each.name > "v0002"])
def test_every_later_migration_can_be_taken_back(name: str) -> None:
    assert callable(importlib.import_module(f"{versions.__name__}.{name}").downgrade)
