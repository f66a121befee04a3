"""What forked workers must not have in common, and what the warm process has to import."""

import subprocess
import sys

from datasets import fingerprint

from bertft_tui.core.training import warm


def test_forked_workers_draw_different_names() -> None:
    """Names of cache files are drawn without a seed: two workers of one warm process would write the same file."""
    names = []
    for _ in range(2):
        fingerprint.fingerprint_rng.seed(1)  # as both find it
        warm.reseed()
        names.append(fingerprint.generate_random_fingerprint())
    assert names[0] != names[1]


def test_it_begins_before_it_imports_anything_large() -> None:
    """So it dies with its scheduler from the first moment on."""
    known = "import sys, bertft_tui.core.training.warm; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-P", "-c", known], capture_output=True, text=True, check=True).stdout
    assert not {"torch", "transformers", "datasets", "numpy", "pydantic"} & set(loaded.split())
