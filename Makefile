# Everything a newcomer needs, from nothing but python3, make and a package registry.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
MEMBERS := libs/codes libs/x12 libs/common services/patients services/coding services/claims services/edi services/payments services/denials simulator stack
UV := UV_PYTHON_DOWNLOADS=never $(BIN)/uv
READY := $(VENV)/.ready

.DEFAULT_GOAL := help

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock $(addsuffix /pyproject.toml,$(MEMBERS))
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(UV) pip sync --quiet --python $(BIN)/python requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(addprefix -e ./,$(MEMBERS))
	@touch $@

install: $(READY) ## Create .venv with every dependency and member

lock: ## Refresh requirements.lock from the members' pyproject.toml
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv; }
	$(UV) pip compile --quiet --universal --generate-hashes --python $(BIN)/python --no-emit-index-url --no-emit-find-links \
		$(foreach m,codes x12 common patients coding claims edi payments denials simulator,--no-emit-package dermbill-$(m)) --no-emit-package dermbill \
		--custom-compile-command "make lock" requirements.in -o requirements.lock

.PHONY: help install lock
