# From a bare Python 3.11 or newer, with pip: `make demo` and `make test` do all set-up themselves,
# in .venv. Another Python: make PYTHON=python3.13 test

PYTHON ?= python3

venv := .venv
bin := $(venv)/bin
# Empty files that say when .venv was made from which versions, with which extras.
runtime := $(venv)/runtime.stamp
dev := $(venv)/dev.stamp
docs := $(venv)/docs.stamp
# -qq: errors only. Which index pip asks, and how, is up to its own settings (PIP_*).
install := $(bin)/python -m pip install -qq --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test test-slow test-lowest test-newest test-package check fmt bench docs clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

demo: $(runtime) ## sweep two small architectures over two images, and draw the report
	$(bin)/fer-jax run -m experiment=demo
	$(bin)/fer-jax collect outputs/demo
	$(bin)/fer-jax report outputs/demo

test: $(dev) ## run the fast tests, in parallel
	$(bin)/python -m pytest

test-slow: $(dev) ## run the slow tests
	@# pytest says 5 where it found nothing to run.
	@status=0; $(bin)/python -m pytest -m slow || status=$$?; \
	if [ $$status -eq 5 ]; then echo "test-slow: no test is marked slow, so none was run"; \
	else exit $$status; fi

test-lowest: ## run the fast tests on the lowest versions that are admitted
	PYTHON=$(PYTHON) .ci/lowest

test-newest: ## run the fast tests on today's version of every dependency
	PYTHON=$(PYTHON) .ci/newest

test-package: ## build sdist and wheel, and use the wheel from an empty folder
	PYTHON=$(PYTHON) .ci/package

check: $(dev) ## check format, lint, types and what imports what
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports --no-logo

fmt: $(dev) ## format, and mend what the linter can mend
	$(bin)/ruff check --fix-only .
	$(bin)/ruff format .

bench: $(runtime) ## run every benchmark
	@set -e; found=; for file in benchmarks/*.py; do \
		[ -e "$$file" ] || continue; found=yes; \
		echo "== $$file"; $(bin)/python "$$file"; \
	done; \
	[ "$$found" ] || { echo "bench: there is no benchmark in benchmarks/" >&2; exit 1; }

docs: $(docs) ## render docs/ into site/
	$(bin)/mkdocs build --strict --quiet

clean: ## remove .venv and what the other targets made, except outputs/
	rm -rf $(venv) build dist site .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The whole .venv is made anew where the versions may have changed.
$(runtime): pyproject.toml constraints.txt
	@command -v $(PYTHON) > /dev/null || { \
		echo "there is no $(PYTHON) here; name a Python 3.11 or newer: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("fer_jax needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12 ..." % v[:2])'
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
		echo "$(PYTHON) cannot make environments; install its venv module (on Debian: python3-venv)" >&2; exit 1; }
	@echo "making $(venv) and installing fer_jax (the first time only; one to three minutes) ..."
	@$(PYTHON) -m venv --clear $(venv)
	@$(install) -e .
	@touch $@

$(dev): $(runtime)
	@echo "installing the tools for tests and checks (the first time only) ..."
	@$(install) -e '.[dev]'
	@touch $@

$(docs): $(runtime)
	@echo "installing the tools for the documentation (the first time only) ..."
	@$(install) -e '.[docs]'
	@touch $@
