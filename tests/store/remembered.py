"""A store with something in every table of plans and nights."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from commands import NOON, command, envelope
from store.memory import CORRECTED, DAY, KEY, ONE_DAY, STATE, forecasts, reading
from waterbalance.store import expectations, overrides, readings, run_files, scores, states
from waterbalance.store.alarms import ring
from waterbalance.store.database import Store
from waterbalance.store.nights import NightKey, begin, end
from waterbalance.store.outbox import enqueue
from waterbalance.store.overrides import Override
from waterbalance.store.plans import NewPlan, approve, move, record
from waterbalance.store.scores import Score
from waterbalance.store.tables import metadata

RUN = "5e0ab3d4-0000-4000-8000-000000000001"


OLD = {"plans", "runs", "approvals", "commands", "alarms", "audit_log", "audit_head"}
NEW = {"nights", "readings", "expectations", "states", "scores", "overrides", "contents", "run_files"}


def filled(rows: dict[str, list[dict[str, Any]]]) -> set[str]:
    """Tables in which something stands."""
    return {name for name, each in rows.items() if each}


def remember_plan(store: Store, at: dt.datetime = NOON, scenario: str = "works", run: str = RUN) -> str:
    """A plan in force with a command on its way and an alarm; returns its hash."""
    new = NewPlan(scenario, "2026-11-26", at, at + ONE_DAY, {"commands": [], "note": "水門", "at": at.isoformat()})
    with store.writing() as connection:
        plan = record(connection, new, {"solver": "highs"}, "nightly", at, run)
        approve(connection, plan, "chen", at)
        move(connection, plan, "current", "lin", at)
        enqueue(connection, [envelope(command(plan=plan), 7)], at)
        ring(connection, "gate_a", "unreachable", "no answer", at)
    return plan


def remember_all(store: Store) -> str:
    """Something in each of these tables; returns the hash of the plan."""
    plan = remember_plan(store)
    with store.writing() as connection:
        night = begin(connection, NightKey("works", DAY, "c" * 64, "issue"), NOON)
        readings.keep(connection, [reading(0.1 + 0.2), CORRECTED], night.night)
        states.keep(connection, "works", STATE, NOON, "observed", "f" * 64)
        expectations.keep(connection, "works", RUN, forecasts(), NOON)
        scores.keep(connection, "works", [Score(RUN, DAY, *KEY, "crps", 1e-7, "m3/day")], NOON)
        shut = Override("works", "canal", "flow", "at_most", 0.5, "m3/day", NOON, NOON + ONE_DAY, "chen", "a breach")
        overrides.keep(connection, [shut], NOON)
        run_files.keep(connection, RUN, {"inputs/a.csv": b"a,b\r\n\x00\xff", "state.json": b"{}"})
        end(connection, night.night, "done", NOON, 0, run=RUN, plan=plan)
    return plan


def rows_of(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with store.reading() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()]
            for table in metadata.sorted_tables
        }
