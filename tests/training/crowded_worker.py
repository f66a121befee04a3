"""The real worker on a GPU of which it may have only a part, as beside other programs.

Run as `python crowded_worker.py TICKET RUN_DIR`. `CROWDED_SHARE`: the part of the GPU's memory, between 0 and 1.
"""

import os
import sys
from pathlib import Path

import torch

from bertft_tui.core.training import worker
from bertft_tui.core.training.downloads import exit_process

if __name__ == "__main__":
    torch.cuda.set_per_process_memory_fraction(float(os.environ["CROWDED_SHARE"]), 0)
    exit_process(worker.main(Path(sys.argv[2]), sys.argv[1]))
