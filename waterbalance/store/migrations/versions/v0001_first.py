"""The first tables, and the lock on the audit log: its lines are written once, never changed, never removed."""

import sqlalchemy as sa
from alembic import op

from waterbalance.store.moment import Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _plans()
    _runs()
    _approvals()
    _commands()
    _alarms()
    _audit_log()
    _audit_head()
    _lock_audit_log()


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("scenario", sa.String(length=200), nullable=False),
        sa.Column("start", sa.String(length=10), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("label", sa.String(length=12), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('run', 'reviewed', 'approved', 'current', 'sent', 'superseded', 'rejected', 'withdrawn')",
            name=op.f("ck_plans_state"),
        ),
        sa.PrimaryKeyConstraint("plan", name=op.f("pk_plans")),
    )
    op.create_index(op.f("ix_plans_scenario"), "plans", ["scenario"], unique=False)
    op.create_index(op.f("ix_plans_state"), "plans", ["state"], unique=False)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plans.plan"], name=op.f("fk_runs_plan")),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_plan"), "runs", ["plan"], unique=False)


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["plan"], ["plans.plan"], name=op.f("fk_approvals_plan")),
        sa.PrimaryKeyConstraint("plan", "by", name=op.f("pk_approvals")),
    )


def _commands() -> None:
    op.create_table(
        "commands",
        sa.Column("cmd_id", sa.String(length=36), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("controller", sa.String(length=200), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", Moment(), nullable=False),
        sa.Column("claim", sa.String(length=36), nullable=True),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'held', 'confirmed', 'refused', 'differs', 'expired', 'dead', 'superseded')",
            name=op.f("ck_commands_state"),
        ),
        sa.ForeignKeyConstraint(["plan"], ["plans.plan"], name=op.f("fk_commands_plan")),
        sa.PrimaryKeyConstraint("cmd_id", name=op.f("pk_commands")),
        sa.UniqueConstraint("controller", "sequence", name=op.f("uq_commands_controller")),
    )
    op.create_index(op.f("ix_commands_plan"), "commands", ["plan"], unique=False)
    op.create_index("ix_commands_state_next_try", "commands", ["state", "next_try"], unique=False)


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("alarm", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=200), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'acknowledged', 'returned')", name=op.f("ck_alarms_state")),
        sa.PrimaryKeyConstraint("alarm", name=op.f("pk_alarms")),
    )
    op.create_index(op.f("ix_alarms_state"), "alarms", ["state"], unique=False)


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_log")),
    )


def _audit_head() -> None:
    head = op.create_table(
        "audit_head",
        sa.Column("one_row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("one_row = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("one_row", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"one_row": 1, "number": 0, "hash": "0" * 64}])


def _lock_audit_log() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{change.lower()} BEFORE {change} ON audit_log "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
            )
        # REPLACE deletes what stands in its way without a trigger of its own.
        op.execute(
            "CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log "
            "WHEN NEW.number <= (SELECT max(number) FROM audit_log) "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_log_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()"
    )
