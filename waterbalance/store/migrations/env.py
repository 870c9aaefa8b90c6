"""What alembic runs: the steps on the connection that `open_store` hands over."""

from alembic import context

from waterbalance.store.tables import metadata

# Whoever imports this as a module has no migration to run.
if getattr(context, "config", None) is not None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        # SQLite changes a table by writing it anew.
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()
