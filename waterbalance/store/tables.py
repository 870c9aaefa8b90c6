"""The tables. Names are those of the house; what a migration makes must equal this (a test compares).

plans      one row for each different plan, by its hash      -> approvals, runs
commands   the outbox: what controllers are told, and how far it has come
audit_log  who did what, each line bound to the one before    (audit_head: how far it goes; audit_subjects: an index of it)
alarms     what somebody has to look at
dispatchers  for each scenario with gates without memory: which, and when the one who sets them was last alive
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
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
