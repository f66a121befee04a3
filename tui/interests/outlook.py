"""What the devices do, who waits for them, and why."""

import time
from dataclasses import dataclass

from bertft_tui.core.store import queries
from bertft_tui.tui.gauges import Gauges
from bertft_tui.tui.interests.interest import Interest, Source
from bertft_tui.tui.outlook import Outlook, alive_ids, outlook, past_of


@dataclass(frozen=True)
class OutlookNow(Interest[Outlook | None]):
    """Devices, the runs on them, and the queue; None until the devices were read for the first time."""

    gauges: Gauges

    def stamp(self, source: Source) -> object:
        """Another reading is another answer."""
        readings = self.gauges.look()
        return None if readings is None else readings.at

    def read(self, source: Source, before: Outlook | None) -> Outlook | None:
        """Put together what the store and the devices say."""
        if (readings := self.gauges.newest) is None:
            return None
        db, known = source.db, source.known
        queue, alive = queries.queue_state(db), alive_ids(db)
        known.need((*alive, *queue.waiting))
        runs = known.by_id
        past = past_of(known.shown, before.past if before is not None else None)
        live = [runs[each] for each in alive if each in runs and runs[each].status.is_alive]
        waiting = [runs[each] for each in queue.waiting if each in runs]
        now = time.monotonic()
        return outlook(
            db.path,
            readings,
            queue=queue,
            alive=live,
            waiting=waiting,
            past=past,
            ages={run_id: now - at for run_id, at in known.read_at.items()},
            holders=before.machine.holders if before is not None else {},
        )
