# One command each; every target makes .venv first if it is not there.
.DEFAULT_GOAL := help
BIN := .venv/bin
PARAMETERS ?= parameters/sample.yml

.venv/ready: pyproject.toml requirements.lock
	python3 -m venv .venv
	$(BIN)/pip install --quiet --constraint requirements.lock --editable ".[test]"
	touch $@

# Two workers, or one for each processor where there are more; a file's tests stay together, so that what they share is made once.
PYTEST := $(BIN)/pytest -q
NBVAL := --nbval-current-env --nbval-cell-timeout=60
SLOW := tests/browser $(addprefix tests/test_,$(addsuffix .py,dashboards national real_runs runs without_differences \
	loading_properties fault_corpus real_impact import_properties round_trips oneroster store_under_faults \
	records_commands release_attack class_packs drawn_packs sign_on lab))

.PHONY: help run test check bench dashboards golden lab lock
help:       ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: .venv/ready        ## the termly batch on the invented school (or PARAMETERS=parameters/your.yml)
	$(BIN)/sentrack run $(PARAMETERS)

test: check             ## all tests: lint, types and shape first, then the slow ones, every notebook, the browser
	$(PYTEST) -n 2 --dist loadfile $(SLOW)
	$(PYTEST) --nbval-lax $(NBVAL) notebooks
	$(PYTEST) --nbval $(NBVAL) tests/golden

check: .venv/ready      ## lint, types, shape and the quick tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -n 2 --dist loadfile $(addprefix --ignore=,$(SLOW)) tests

golden: .venv/ready     ## write the compared sentences of the invented school anew; read the difference before committing it
	$(BIN)/jupyter nbconvert --log-level=ERROR --to notebook --inplace --execute --ClearMetadataPreprocessor.enabled=True tests/golden/*.ipynb

bench: .venv/ready      ## how fast, beside a peer, as ratios
	$(BIN)/python -m benchmarks

dashboards: .venv/ready ## the pages in a browser, on this machine only
	$(BIN)/sentrack dashboards $(PARAMETERS)

lab: .venv/ready        ## the notebooks in JupyterLab, on this machine only
	$(BIN)/sentrack lab

lock: .venv/ready       ## write down the exact versions that are installed
	$(BIN)/pip freeze --exclude-editable > requirements.lock
