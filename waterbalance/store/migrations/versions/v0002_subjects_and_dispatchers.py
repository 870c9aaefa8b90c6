"""Where the audit log tells of a plan or command without reading all of it; when each scenario's dispatcher was last alive."""

import json

import sqlalchemy as sa
from alembic import op

from waterbalance.store.moment import Moment

revision = "0002"
down_revision = "0001"

BATCH = 1000
"""Lines of a log that are read at a time."""


def upgrade() -> None:
    """Make both tables, and find the subjects of the lines that are there."""
    subjects = op.create_table(
        "audit_subjects",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "number", name=op.f("pk_audit_subjects")),
    )
    op.create_table(
        "dispatchers",
        sa.Column("scenario", sa.String(length=200), nullable=False),
        sa.Column("gates", sa.Text(), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=True),
        sa.Column("process", sa.Integer(), nullable=True),
        sa.Column("every", sa.Float(), nullable=True),
        sa.Column("began_at", Moment(), nullable=True),
        sa.Column("alive_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("scenario", name=op.f("pk_dispatchers")),
    )
    _fill(subjects)


def downgrade() -> None:
    """Both tables can be made again: one from the log, the other by the next dispatcher."""
    op.drop_table("dispatchers")
    op.drop_table("audit_subjects")


def _fill(subjects: sa.Table) -> None:
    connection = op.get_bind()
    lines = sa.table("audit_log", sa.column("number", sa.BigInteger), sa.column("entry", sa.LargeBinary))
    last = 0
    while rows := connection.execute(
        sa.select(lines.c.number, lines.c.entry).where(lines.c.number > last).order_by(lines.c.number).limit(BATCH)
    ).all():
        last = rows[-1].number
        found = [{"subject": subject, "number": row.number} for row in rows if (subject := _subject(row.entry)) is not None]
        if found:
            connection.execute(sa.insert(subjects), found)


def _subject(entry: bytes | str) -> str | None:
    """None for a line that somebody has spoilt: `audit-log verify` tells of it, a store is opened nevertheless."""
    try:
        return str(json.loads(entry)["subject"])[:200]
    except (ValueError, KeyError, TypeError):
        return None
