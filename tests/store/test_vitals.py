"""What is measured of a worker: kept beside the events, thinned where it is shown, and nothing odd gets in."""

import sys
import time

import pytest
from acted_runs import ActedRun
from nvml_stand_in import NvmlStandIn

from bertft_tui.core.journal import Event
from bertft_tui.core.store import history, trash, vitals
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.records import VitalsSummary, VitalsTrace
from bertft_tui.core.training.gpu_meter import GpuMeter
from bertft_tui.tui.cli.documents import full_document


def test_measurements_are_no_events_and_no_metrics(db: Database) -> None:
    """The last and the highest of each; what is no number is passed over, and all of it goes with the run."""
    run = ActedRun(db, "one").start()
    assert vitals.summary(db, run.id) == VitalsSummary()
    assert vitals.trace(db, run.id, 10) == VitalsTrace()
    assert full_document(db, run.id)["vitals"] is None
    run.say("vitals", memory=2e9, peak_memory=2.5e9, cpu=180.5, gpu_use=97.0)
    run.say("vitals", memory=1e9, peak_memory=2.5e9, cpu="much", gpu_use=True, brain=3, gpu_power=float("nan"))
    found = vitals.summary(db, run.id)
    assert (found.count, found.last.memory, found.peak.memory) == (2, 1e9, 2e9)
    assert (found.last.cpu, found.peak.cpu) == (None, 180.5)
    assert (found.last.gpu_use, found.peak.gpu_use, found.last.gpu_power) == (None, 97.0, None)
    assert full_document(db, run.id)["vitals"]["peak"]["peak_memory"] == 2.5e9
    assert "vitals" not in {event.type for event in history.events(db, run.id)}
    run.finish()
    trash.throw_away(db, [run.id])
    trash.forget(db, run.id, lambda: None)
    assert vitals.summary(db, run.id) == VitalsSummary()


def test_of_a_month_the_highest_of_each_stretch_is_read(db: Database) -> None:
    """Many measurements are read as few, in order, and a peak of one of them is among these."""
    run = ActedRun(db, "long").start()
    began = time.monotonic()
    events = [
        Event(number, 0.0, began + number * 30, "vitals", {"memory": 7e9 if number == 777 else 1e9, "cpu": 50.0})
        for number in range(100, 5100)
    ]
    take_in(db, run.key, events, 1)
    trace = vitals.trace(db, run.id, 100)
    assert 90 <= len(trace.seconds) <= 100
    assert list(trace.seconds) == sorted(trace.seconds)
    assert [value.memory for value in trace.values].count(7e9) == 1
    assert trace.seconds[-1] == vitals.summary(db, run.id).seconds


def test_what_a_driver_does_not_tell_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Utilisation, memory and temperature without power; facts of the card; a GPU that is not there is an error."""
    monkeypatch.setitem(sys.modules, "pynvml", NvmlStandIn("DeviceGetPowerUsage"))
    meter = GpuMeter("GPU-a")
    assert meter.read() == {
        "gpu_use": 87.0, "gpu_memory": 20000.0, "gpu_memory_total": 80000.0, "gpu_temperature": 61.0
    }  # fmt: skip
    assert meter.facts() == {"gpu": "H100", "gpu_memory": 80000, "driver": "570.1", "cuda": "12.8"}
    monkeypatch.setitem(sys.modules, "pynvml", NvmlStandIn("SystemGetDriverVersion", "DeviceGetMemoryInfo"))
    assert GpuMeter("GPU-a").facts() == {"gpu": "H100"}
    for silent in ("Init", "DeviceGetHandleByUUID"):
        monkeypatch.setitem(sys.modules, "pynvml", NvmlStandIn(silent))
        with pytest.raises(LookupError, match=silent):
            GpuMeter("GPU-a")
