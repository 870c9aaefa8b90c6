"""The memory of the nightly job: nights, readings, expectations, states, scores, overrides, and what runs rested on."""

import sqlalchemy as sa
from alembic import op

from waterbalance.store.moment import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    _nights()
    _readings()
    _expectations()
    _states()
    _scores()
    _overrides()
    _run_files()


def downgrade() -> None:
    """Take them away again, with what stands in them; what was there before stays."""
    for table in ("run_files", "contents", "overrides", "scores", "states", "expectations", "readings", "nights"):
        op.drop_table(table)


def _nights() -> None:
    op.create_table(
        "nights",
        sa.Column("night", sa.String(length=36), nullable=False),
        sa.Column("scenario", sa.String(length=200), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("configuration", sa.String(length=64), nullable=False),
        sa.Column("issue", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("rung", sa.Integer(), nullable=True),
        sa.Column("run", sa.String(length=36), nullable=True),
        sa.Column("plan", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f("ck_nights_state")),
        sa.PrimaryKeyConstraint("night", name=op.f("pk_nights")),
        sa.UniqueConstraint("scenario", "date", "configuration", "issue", name=op.f("uq_nights_scenario")),
    )


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("component", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.String(length=200), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("known_at", Moment(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("trust", sa.String(length=12), nullable=False),
        sa.Column("read", sa.Double(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("night", sa.String(length=36), nullable=True),
        sa.CheckConstraint("origin IN ('original', 'completed', 'corrected')", name=op.f("ck_readings_origin")),
        sa.CheckConstraint("trust IN ('reliable', 'doubtful', 'unreliable')", name=op.f("ck_readings_trust")),
        sa.ForeignKeyConstraint(["night"], ["nights.night"], name=op.f("fk_readings_night")),
        sa.PrimaryKeyConstraint("component", "quantity", "date", "known_at", "revision", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_date", "readings", ["date"], unique=False)


def _expectations() -> None:
    op.create_table(
        "expectations",
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("scenario", sa.String(length=200), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_expectations")),
    )
    op.create_index("ix_expectations_scenario_start", "expectations", ["scenario", "start"], unique=False)


def _states() -> None:
    op.create_table(
        "states",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("scenario", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("of", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("origin IN ('observed', 'simulated')", name=op.f("ck_states_origin")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_states")),
    )
    op.create_index("ix_states_scenario_day", "states", ["scenario", "day"], unique=False)


def _scores() -> None:
    op.create_table(
        "scores",
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("component", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("scenario", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("run", "day", "component", "quantity", "measure", name=op.f("pk_scores")),
    )
    op.create_index("ix_scores_scenario_day", "scores", ["scenario", "day"], unique=False)


def _overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("override", sa.String(length=64), nullable=False),
        sa.Column("scenario", sa.String(length=200), nullable=False),
        sa.Column("component", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.String(length=200), nullable=False),
        sa.Column("bound", sa.String(length=12), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint("bound IN ('exactly', 'at_most', 'at_least')", name=op.f("ck_overrides_bound")),
        sa.PrimaryKeyConstraint("override", name=op.f("pk_overrides")),
    )
    op.create_index(op.f("ix_overrides_scenario"), "overrides", ["scenario"], unique=False)


def _run_files() -> None:
    op.create_table(
        "contents",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_contents")),
    )
    op.create_table(
        "run_files",
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["contents.hash"], name=op.f("fk_run_files_hash")),
        sa.PrimaryKeyConstraint("run", "name", name=op.f("pk_run_files")),
    )
    op.create_index(op.f("ix_run_files_hash"), "run_files", ["hash"], unique=False)
