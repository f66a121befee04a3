"""The quick worker in a round: it finds what the round has changed, and may be slow to start, as the real one is."""

import os
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "scheduling"))

import quick_worker
from tampering import tamper, value

from bertft_tui.core.paths import RunDirectory

if __name__ == "__main__":
    tamper()
    time.sleep(value("start_delay", 0.0))
    os._exit(quick_worker.main(RunDirectory(Path(sys.argv[2])), sys.argv[1]))
