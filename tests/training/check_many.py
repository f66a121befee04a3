"""Checks several configs in one process, and prints what each got and how long it took, a line of JSON each."""

import json
import sys
import time

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.training.check import check

if __name__ == "__main__":
    for settings in json.load(sys.stdin):
        began = time.monotonic()
        try:
            answer = check(RunConfig().with_settings(settings))
        except BertftError as error:
            answer = error.problem.as_dict()
        print(json.dumps({**answer, "seconds": time.monotonic() - began}), flush=True)
