"""What is said about a run in half a line: no colours, no colons in a row."""

import re

from bertft_tui.core.store.records import RunRecord

#: The format that the attempt computes in, and why, behind what is said of the device.
_PRECISION = re.compile(r"(?:^|; )((?:fp|bf|tf)\d+): (.*)$", re.DOTALL)


def device_words(run: RunRecord) -> str:
    """The device and the number format, each with its reason: `cuda:0 (the first free GPU, …), in bf16 (…)`.

    Empty before the run has a device.
    """
    if run.device is None:
        return ""
    reason, precision = run.device_reason or "", ""
    if (found := _PRECISION.search(reason)) is not None:
        reason, precision = reason[: found.start()], f", in {found[1]} ({found[2]})"
    if reason.startswith("asked for: "):
        return f"{run.device}, as asked for ({reason.removeprefix('asked for: ')}){precision}"
    return f"{run.device} ({reason.removeprefix('auto: ')}){precision}" if reason else run.device + precision
