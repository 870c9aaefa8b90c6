"""Stores that older versions have written go on with all that is in them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

import waterbalance.store
from store.logged import AT
from waterbalance.schedule.canonical import canonical, sha256
from waterbalance.store.agreement import require_told
from waterbalance.store.audit_log import BEGINNING, Event, append, lines_about, verify
from waterbalance.store.database import open_store
from waterbalance.store.plans import NewPlan, approve, record

NEW = {"audit_subjects", "dispatchers"}


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    yield made
    made.dispose()


def migrate(engine: Engine, to: str, way: str = "upgrade") -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(waterbalance.store.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, way)(config, to)


def tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def old_line(connection: Connection, number: int, previous: str, what: str, by: str, subject: str) -> str:
    """As the first version wrote it."""
    line = {
        "number": number,
        "at": AT.isoformat(),
        "by": by,
        "what": what,
        "subject": subject,
        "details": {},
        "previous": previous,
    }
    entry = canonical(line)
    values = {"number": number, "entry": entry, "hash": sha256(entry)}
    connection.execute(text("INSERT INTO audit_log (number, entry, hash) VALUES (:number, :entry, :hash)"), values)
    connection.execute(text("UPDATE audit_head SET number = :number, hash = :hash"), values)
    return sha256(entry)


def old_store(connection: Connection) -> str:
    """A plan, its approval, and the lines that tell of them; and one line about something else."""
    content = canonical({"commands": []})
    plan = sha256(content)
    at = "2026-11-26 04:00:00"
    connection.execute(
        text(
            "INSERT INTO plans (plan, scenario, start, valid_from, valid_until, state, label, content, recorded_at) "
            "VALUES (:plan, 'works', '2026-11-26', :at, :at, 'approved', 'planned', :content, :at)"
        ),
        {"plan": plan, "at": at, "content": content},
    )
    connection.execute(text("INSERT INTO approvals (plan, \"by\", at) VALUES (:plan, 'chen', :at)"), {"plan": plan, "at": at})
    before = old_line(connection, 1, BEGINNING, "ran", "nightly", plan)
    before = old_line(connection, 2, before, "queued", "lin", "command")
    old_line(connection, 3, before, "approved", "chen", plan)
    return plan


def test_version_2_finds_the_lines_of_a_log_that_version_1_wrote(engine: Engine, url: str) -> None:
    migrate(engine, "0001")
    assert not tables(engine) & NEW
    with engine.begin() as connection:
        plan = old_store(connection)
    migrate(engine, "0002")
    assert tables(engine) >= NEW
    store = open_store(url)
    with store.writing() as connection:
        assert [line["number"] for line in lines_about(connection, plan)[0]] == [1, 3]
        require_told(connection, plan)
        assert verify(connection) == ()
        append(connection, AT, Event("lin", "reviewed", plan, {}))
        assert [line["number"] for line in lines_about(connection, plan)[0]] == [1, 3, 4]
    with pytest.raises(DBAPIError, match="only added to"), store.writing() as connection:
        connection.execute(text("DELETE FROM audit_log"))
    store.close()


def test_version_2_goes_back_to_1_and_forward_again_with_all_that_is_there(engine: Engine) -> None:
    migrate(engine, "0002")
    with engine.begin() as connection:
        plan = record(connection, NewPlan("works", "2026-11-26", AT, AT, {"commands": []}), {}, "nightly", AT)
        approve(connection, plan, "chen", AT)
        connection.execute(text("INSERT INTO dispatchers (scenario, gates) VALUES ('works', '[]')"))
    migrate(engine, "0001", "downgrade")
    assert not tables(engine) & NEW
    with engine.begin() as connection:
        assert verify(connection) == ()
        number, previous = connection.execute(text("SELECT number, hash FROM audit_head")).one()
        old_line(connection, number + 1, previous, "queued", "lin", "command")
    migrate(engine, "0002")
    with engine.connect() as connection:
        assert [line["what"] for line in lines_about(connection, plan)[0]] == ["ran", "approved"]
        assert [line["by"] for line in lines_about(connection, "command")[0]] == ["lin"]
        require_told(connection, plan)
        assert connection.execute(text("SELECT count(*) FROM dispatchers")).scalar_one() == 0


def test_a_spoilt_line_does_not_shut_a_store(engine: Engine, url: str) -> None:
    migrate(engine, "0001")
    with engine.begin() as connection:
        plan = old_store(connection)
        values = {"entry": json.dumps(["no entry"]).encode()}
        connection.execute(text("INSERT INTO audit_log (number, entry, hash) VALUES (4, :entry, '00')"), values)
    store = open_store(url)
    with store.reading() as connection:
        assert [line["number"] for line in lines_about(connection, plan)[0]] == [1]
        assert "what comes after the line does not follow it" in [each.what for each in lines_about(connection, plan)[1]]
        assert "the line is no entry" in [finding.what for finding in verify(connection)]
    store.close()
