"""A worker that has imported all it needs before it looks at its run: `prepared_worker.py TICKET RUN_DIRECTORY`."""

import sys
from pathlib import Path

from bertft_tui.core.training import worker
from bertft_tui.core.training.downloads import exit_process
from bertft_tui.core.training.warm import prepare

if __name__ == "__main__":
    prepare()
    exit_process(worker.main(Path(sys.argv[2]), sys.argv[1], start="warm"))
