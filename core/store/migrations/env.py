"""Alembic's entry: runs the migrations on the connection that `migrate` hands over, without output."""

from alembic import context

from bertft_tui.core.store.models import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=False,  # the transaction is the caller's
)
context.run_migrations()
