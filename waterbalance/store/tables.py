"""The tables. Names are those of the house; what a migration makes must equal this (a test compares).

plans      one row for each different plan, by its hash      -> approvals, runs
commands   the outbox: what controllers are told, and how far it has come
audit_log  who did what, each line bound to the one before    (audit_head: how far it goes; audit_subjects: an index of it)
alarms     what somebody has to look at
dispatchers  for each scenario with gates without memory: which, and when the one who sets them was last alive

nights     one row for each night that was begun, how far it came and what came of it
readings   what was measured and thought of it; never overwritten
expectations, states, scores    what was expected, where water stood, how well it was foreseen
overrides  what somebody has set for a while, and why
run_files  what a run rested on, by name               -> contents (each different file once, by its hash)
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Double,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from waterbalance.store.moment import Moment
from waterbalance.store.octets import Octets

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)

plans = Table(
    "plans",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("scenario", String(200), nullable=False, index=True),
    Column("start", String(10), nullable=False),
    Column("valid_from", Moment, nullable=False),
    Column("valid_until", Moment, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("label", String(12), nullable=False),
    Column("content", Octets(), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint(
        "state IN ('run', 'reviewed', 'approved', 'current', 'sent', 'superseded', 'rejected', 'withdrawn')", name="state"
    ),
)

runs = Table(
    "runs",
    metadata,
    Column("run", String(36), primary_key=True),
    Column("plan", String(64), ForeignKey("plans.plan"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("by", String(200), nullable=False),
    Column("manifest", Text, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    Column("plan", String(64), ForeignKey("plans.plan"), primary_key=True),
    Column("by", String(200), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("rule", String(200)),
)

commands = Table(
    "commands",
    metadata,
    Column("cmd_id", String(36), primary_key=True),
    Column("plan", String(64), ForeignKey("plans.plan"), nullable=False, index=True),
    Column("controller", String(200), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("payload", Octets(), nullable=False),
    Column("valid_from", Moment, nullable=False),
    Column("valid_until", Moment, nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", Moment, nullable=False),
    Column("claim", String(36)),
    Column("claimed_until", Moment),
    Column("detail", Text),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("controller", "sequence"),
    CheckConstraint(
        "state IN ('waiting', 'sending', 'held', 'confirmed', 'refused', 'differs', 'expired', 'dead', 'superseded')",
        name="state",
    ),
    Index("ix_commands_state_next_try", "state", "next_try"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("alarm", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("subject", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("acknowledged_by", String(200)),
    Column("changed_at", Moment, nullable=False),
    CheckConstraint("state IN ('active', 'acknowledged', 'returned')", name="state"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("entry", Octets(), nullable=False),
    Column("hash", String(64), nullable=False),
)

audit_subjects = Table(
    "audit_subjects",
    metadata,
    Column("subject", String(200), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("one_row", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("one_row = 1", name="one_row"),
)

dispatchers = Table(
    "dispatchers",
    metadata,
    Column("scenario", String(200), primary_key=True),
    Column("gates", Text, nullable=False),
    Column("host", String(200)),
    Column("process", Integer),
    Column("every", Float),
    Column("began_at", Moment),
    Column("alive_at", Moment),
)

nights = Table(
    "nights",
    metadata,
    Column("night", String(36), primary_key=True),
    Column("scenario", String(200), nullable=False),
    Column("date", Date, nullable=False),
    Column("configuration", String(64), nullable=False),
    Column("issue", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    Column("stage", String(40), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("host", String(255), nullable=False),
    Column("process", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("exit_code", Integer),
    Column("rung", Integer),
    Column("run", String(36)),
    Column("plan", String(64)),
    Column("detail", Text),
    UniqueConstraint("scenario", "date", "configuration", "issue"),
    CheckConstraint("state IN ('running', 'done', 'failed')", name="state"),
)

readings = Table(
    "readings",
    metadata,
    Column("component", String(200), primary_key=True),
    Column("quantity", String(200), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("known_at", Moment, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("value", Double, nullable=False),
    Column("unit", String(40), nullable=False),
    Column("source", String(200), nullable=False),
    Column("origin", String(12), nullable=False),
    Column("trust", String(12), nullable=False),
    Column("read", Double),
    Column("why", Text, nullable=False),
    Column("night", String(36), ForeignKey("nights.night")),
    CheckConstraint("origin IN ('original', 'completed', 'corrected')", name="origin"),
    CheckConstraint("trust IN ('reliable', 'doubtful', 'unreliable')", name="trust"),
    Index("ix_readings_date", "date"),
)

expectations = Table(
    "expectations",
    metadata,
    Column("run", String(36), primary_key=True),
    Column("scenario", String(200), nullable=False),
    Column("start", Date, nullable=False),
    Column("at", Moment, nullable=False),
    Column("content", Octets(), nullable=False),
    Index("ix_expectations_scenario_start", "scenario", "start"),
)

states = Table(
    "states",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("scenario", String(200), nullable=False),
    Column("day", Date, nullable=False),
    Column("at", Moment, nullable=False),
    Column("origin", String(12), nullable=False),
    Column("of", String(64), nullable=False),
    Column("content", Octets(), nullable=False),
    CheckConstraint("origin IN ('observed', 'simulated')", name="origin"),
    Index("ix_states_scenario_day", "scenario", "day"),
)

scores = Table(
    "scores",
    metadata,
    Column("run", String(36), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("component", String(200), primary_key=True),
    Column("quantity", String(200), primary_key=True),
    Column("measure", String(40), primary_key=True),
    Column("scenario", String(200), nullable=False),
    Column("value", Double, nullable=False),
    Column("unit", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_scores_scenario_day", "scenario", "day"),
)

overrides = Table(
    "overrides",
    metadata,
    Column("override", String(64), primary_key=True),
    Column("scenario", String(200), nullable=False, index=True),
    Column("component", String(200), nullable=False),
    Column("quantity", String(200), nullable=False),
    Column("bound", String(12), nullable=False),
    Column("value", Double, nullable=False),
    Column("unit", String(40), nullable=False),
    Column("valid_from", Moment, nullable=False),
    Column("valid_until", Moment, nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Column("withdrawn_by", String(200)),
    CheckConstraint("bound IN ('exactly', 'at_most', 'at_least')", name="bound"),
)

contents = Table(
    "contents",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("content", Octets(), nullable=False),
)

run_files = Table(
    "run_files",
    metadata,
    Column("run", String(36), primary_key=True),
    Column("name", String(400), primary_key=True),
    Column("hash", String(64), ForeignKey("contents.hash"), nullable=False, index=True),
)
