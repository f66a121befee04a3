# `make demo` and `make test` work on a fresh checkout: they build .venv against constraints.txt.
# `make PYTHON=python3 test` uses that interpreter as it is and installs nothing.
SYSTEM_PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed

ifdef PYTHON
READY :=
RUN := $(PYTHON)
else
READY := $(STAMP)
RUN := $(VENV)/bin/python
endif

.PHONY: demo test test-long test-browser test-cuda fuzz faults simulate bench bench-memory example pictures check clean

demo: $(READY)
	$(RUN) -m bertft_tui.tui.cli.main demo

test: check
	$(RUN) -m pytest -n 3 --dist loadgroup -q -m "not browser and not long"  # three on two cores: much of it is waiting

# What takes long and has shorter kin in `make test`: docs/reliability.md says when it passed last.
test-long: $(READY)
	$(RUN) -m pytest -n 3 --dist loadgroup -q -m long

# The app in headless Chromium; Debian: apt-get install chromium.
test-browser: $(READY)
	$(RUN) -m pytest -m browser -v

test-cuda: $(READY)
	$(RUN) -m pytest -m cuda -v

# Makes up a hundred times as much as `make test` does, in every test that makes things up: an hour or two.
fuzz: $(READY)
	BERTFT_FUZZ=100 $(RUN) -m pytest -m hypothesis -n 2 --dist loadgroup -q

# A thousand rounds of faults: most of an hour. Writes the table in docs/reliability.md.
faults: $(READY)
	$(RUN) tests/faults/long.py 1000 --page

# Whether intervals hold what they promise, and tests err as seldom: docs/simulations.md. Half an hour on two cores.
simulate: $(READY)
	$(RUN) -m simulations --page

# Measures how fast all is, beside a plain script and other programs, on a machine that has nothing else to do: most of
# two hours on two cores. Writes docs/benchmarks.md; `make bench ONLY=training,app` measures these parts anew, and
# `make bench ONLY=gpu`, in six minutes, what an NVIDIA GPU is used for; where there is none, that part is left out.
bench: $(READY)
	$(RUN) -m benchmarks $(if $(ONLY),--only $(ONLY))

# Measures what batches take of an NVIDIA GPU, and judges the forecasts by it, in some minutes: docs/memory.md.
bench-memory: $(READY)
	$(RUN) -m benchmarks.memory build/memory.json

# Trains the runs of experiments.db.example anew: an hour on two cores. Then `make pictures`, which shows them.
example: $(READY)
	$(RUN) examples/make_example_store.py

# The pictures of the guide and the README, taken by the app itself; for those of a live run it trains one.
pictures: $(READY)
	$(RUN) tests/docs/take_pictures.py

check: $(READY)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -c "from importlinter.cli import lint_imports_command as lint; lint()"

$(STAMP): pyproject.toml constraints.txt
	$(SYSTEM_PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --constraint constraints.txt torch
	$(VENV)/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[demo,dev]'
	touch $(STAMP)

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache
