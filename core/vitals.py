"""What is measured of a worker and its GPU while it runs: the names are those of the journal and of the store."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Vitals:
    """One measurement. None: not known on this machine, or not on this device."""

    memory: float | None = None  # bytes that the process has in RAM
    peak_memory: float | None = None  # bytes that it had at most so far
    cpu: float | None = None  # percent of one core
    disk_read: float | None = None  # bytes a second
    disk_write: float | None = None
    gpu_use: float | None = None  # percent of the time in which the GPU was at work
    gpu_memory: float | None = None  # bytes of the GPU that are taken, by whomever
    gpu_memory_total: float | None = None
    gpu_peak_memory: float | None = None  # bytes of the GPU that this process had reserved at most
    gpu_temperature: float | None = None  # degrees Celsius
    gpu_power: float | None = None  # watts


#: Everything that is measured, in the order in which it is shown.
VITALS: tuple[str, ...] = tuple(each.name for each in fields(Vitals))
