# Everything a newcomer needs, from nothing but python3, make and a package registry.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
LIBS := libs/codes libs/x12 libs/common libs/hl7
SERVICES := services/patients services/coding services/claims services/edi services/payments services/denials services/credentialing services/eligibility services/authorizations
MEMBERS := $(LIBS) $(SERVICES) simulator stack
UV := UV_PYTHON_DOWNLOADS=never $(BIN)/uv
READY := $(VENV)/.ready
OURS := dermbill $(addprefix dermbill-,$(notdir $(MEMBERS)))

.DEFAULT_GOAL := help
.PHONY: help install demo up down test check bench contracts lock

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/uv:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(READY): requirements.lock $(addsuffix /pyproject.toml,$(MEMBERS)) | $(BIN)/uv
	@echo "Installing into $(VENV) (once)"
	@$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(addprefix -e ./,$(MEMBERS))
	@$(BIN)/python -m compileall -q $(MEMBERS)
	@touch $@

install: $(READY) ## Create .venv with every dependency and member

demo: $(READY) ## Run a day of 150 visits through the whole platform, and check every cent
	@$(BIN)/dermbill demo

up: $(READY) ## Start the platform and show what runs where
	@$(BIN)/dermbill up

down: $(READY) ## Stop everything that `make up` or `make demo` started
	@$(BIN)/dermbill down

test: $(READY) ## Run all tests against real PostgreSQL and Kafka
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

check: $(READY) ## Lint, types, architecture, contracts; then all tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports
	@$(BIN)/dermbill contracts --check
	@if git rev-parse --quiet --verify HEAD~1 >/dev/null 2>&1; then $(BIN)/dermbill contracts --against HEAD~1; \
	else echo "No earlier commit is here: what it promised is not compared."; fi
	@$(MAKE) --no-print-directory test

bench: $(READY) ## Measure the backbone, X12 and coding, each beside its ceiling
	@$(BIN)/python -m bench

contracts: $(READY) ## Write contracts/ anew from the code
	@$(BIN)/dermbill contracts

lock: | $(BIN)/uv ## Refresh requirements.lock from the members' pyproject.toml
	@$(UV) pip compile --quiet --universal --generate-hashes --python $(BIN)/python \
		--no-emit-index-url --no-emit-find-links $(addprefix --no-emit-package ,$(OURS)) \
		--custom-compile-command "make lock" requirements.in -o requirements.lock
