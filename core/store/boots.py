"""After a restart of the machine nothing starts by itself: who writes first sees that it was restarted.

So a run that is enqueued afterwards starts, if none was waiting before it.
"""

from sqlalchemy import Connection, select, union_all

from bertft_tui.core.store import revision
from bertft_tui.core.store.status import Request, RunStatus
from bertft_tui.core.store.tables import REQUEST, RUN


def notice_boot(connection: Connection, boot_id: str) -> None:
    """Pause the queue when the machine was restarted since the last time and runs wait, or are about to.

    A store in which no boot stands was made elsewhere: what waits in it was not asked for here.
    """
    before = revision.read_meta(connection, "boot_id")
    if before == boot_id:
        return
    if _anything_waits(connection):
        reason = "the machine was restarted while runs were waiting"
        revision.write_meta(connection, "paused", reason if before else "the store comes from elsewhere")
        revision.advance(connection)
    revision.write_meta(connection, "boot_id", boot_id)


def _anything_waits(connection: Connection) -> bool:
    """Whether a run would start without anybody's word: queued, taken but not begun, or to be resumed."""
    runs = select(RUN.c.key).where(RUN.c.status.in_((RunStatus.QUEUED, RunStatus.STARTING)))
    resumes = select(REQUEST.c.run_key).where(REQUEST.c.kind == Request.RESUME, REQUEST.c.closed_at.is_(None))
    return connection.execute(union_all(runs, resumes).limit(1)).first() is not None
