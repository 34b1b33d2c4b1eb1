# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs git, GNU make and Python 3.11 or newer; everything else goes into .venv, .venv-* and .build here.
# `make` alone lists the targets.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:
# The targets share one machine, one environment and one tree; what can run side by side does so within them.
.NOTPARALLEL:

# Variables for the command line
NAME ?=#         of a new type, with AREA, the file for its table: make new-type NAME=logs_rule AREA=logs
ROUTE ?=#        the path of its list in the API, where that is not its plural
VERSION ?=#      to be released: make release VERSION=1.0.0
SCOPE ?=#        what the scopes of keys are about, where that is not the type
PYTHON ?=#       the Python to make .venv with; left empty, the newest that works is looked for
ARGS ?=#         further arguments for the program that a target runs: make unit ARGS="-k client"
CHECKS ?=#       which checks `make lint` runs: make lint CHECKS="ruff mypy"
JOBS ?= 2#       test processes at a time
TF_PROVIDER ?=#  the program of PostHog's Terraform provider, for `make bench` to measure Terraform too
FAIL_FAST ?=#    not empty: `make test` ends with the first stage that fails

PYTHON := $(strip $(PYTHON))
JOBS := $(strip $(JOBS))
FAIL_FAST := $(strip $(FAIL_FAST))
export PYTHON TF_PROVIDER

py := .venv/bin/python
run_stamp := .venv/.ready-run
dev_stamp := .venv/.ready-dev

# Paths may hold blanks, hence the quotes; Ansible separates paths in this variable by colons.
tree := ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/.build" PATH="$(CURDIR)/.venv/bin:$$PATH"

unexport PYTHONPATH PYTHONHOME GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

.PHONY: contract contract-check generate mutants new-type help venv venv-run tree demo sandbox unit integration matrix lint format build ee-try docs coverage-table types-table schema docs-check site-samples release tour bench bench-smoke test lock newest clean FORCE

help:
	@echo 'make demo          apply playbooks/demo.yml to the sandbox, twice'
	@echo 'make tour          the demo, and a page in the browser that shows its objects as they change'
	@echo 'make sandbox       run the PostHog stand-in in the foreground; its first line tells where it is'
	@echo 'make test          everything below up to docs; what CI runs              (FAIL_FAST=1)'
	@echo 'make lint          formatters, types, documentation, licences, ansible-test sanity  (CHECKS="ruff mypy …")'
	@echo 'make unit          unit tests                                     (ARGS="-k client")'
	@echo 'make integration   playbooks against the sandbox                  (ARGS="-k member")'
	@echo 'make matrix        the tests with every supported Python and ansible-core found  (ARGS=--whole)'
	@echo 'make build         the artifact, checked as Galaxy does, installed and used'
	@echo 'make ee-try        AWX jobs in a container made of Debian packages (podman, debootstrap; root)'
	@echo 'make release       write a version and its changelog                 (VERSION=1.0.0)'
	@echo 'make docs          the documentation as HTML in .build/docs'
	@echo 'make docs-check    looks at the documentation in a browser (Node.js, Chromium)  (ARGS=--whole)'
	@echo 'make site-samples  writes the pictures of its front page anew'
	@echo 'make newest        lint and unit tests with the newest release of everything'
	@echo 'make contract      what changed in the API that PostHog publishes      (ARGS=--write)'
	@echo 'make mutants       whether unit tests notice small changes of the engine  (ARGS="--sample 500")'
	@echo 'make lock          raise what the tests are locked to                (ARGS=dev-py3.13)'
	@echo 'make generate      write what follows from tables and files      (ARGS=--check)'
	@echo 'make new-type      lay out the files of a new type    (NAME=… AREA=… ROUTE=… SCOPE=…)'
	@echo 'make coverage-table  what the modules cover, a row for each       (ARGS=--write)'
	@echo 'make types-table     the page that has a row for each type        (ARGS=--write)'
	@echo 'make schema          the JSON Schema of configuration files, for editors'
	@echo 'make bench         the benchmark                (ARGS="--write", TF_PROVIDER=… to measure Terraform too)'
	@echo 'make format        let the formatter rewrite the Python files'
	@echo 'make venv          only make .venv with all development tools'
	@echo 'make clean         remove everything that make made'

# --- Environment -----------------------------------------------------------------------------------------------------

# A virtual environment does not survive being moved. Where the checkout was moved, its stamps do not count.
ifneq ($(shell cat .venv/.made-in 2>/dev/null),$(CURDIR))
$(run_stamp): FORCE
endif
FORCE:

locks := $(wildcard tests/requirements/locks/*.txt)

$(run_stamp): $(locks)
	@tests/bin/make-venv.sh .venv $@ run

$(dev_stamp): $(locks) $(run_stamp)
	@tests/bin/make-venv.sh .venv $@ build dev

lock: venv-run
	@$(py) tests/bin/lock $(ARGS)

venv: $(dev_stamp)

venv-run: $(run_stamp)

tree: $(run_stamp)
	@$(py) tests/bin/collection-tree link >/dev/null

# --- Running ---------------------------------------------------------------------------------------------------------

demo: tree
	@$(tree) $(py) tests/demo/run.py $(ARGS)

tour: tree
	@$(tree) $(py) tests/demo/tour.py $(ARGS)

# Nothing may reach standard output before the sandbox's own first line.
sandbox: $(run_stamp)
	@exec $(py) tests/sandbox/serve.py $(ARGS)

bench: $(dev_stamp) tree
	@$(tree) $(py) tests/benchmark/run.py $(ARGS)

bench-smoke: $(dev_stamp) tree
	@$(tree) $(py) tests/benchmark/run.py --smoke $(ARGS)

# --- Tests -----------------------------------------------------------------------------------------------------------

pytest = $(tree) $(py) -m pytest -n $(or $(workers),$(JOBS)) --junitxml=.build/reports/$@.xml

unit: $(dev_stamp) tree
	@$(pytest) tests/unit $(ARGS)

# These tests wait for other processes during half of their time, so there may be more of them than processors. What the
# collection and the sandbox say to each other is kept for `make contract-check`.
integration: workers = $(shell expr 2 \* $(JOBS))
integration: $(dev_stamp) tree
	@rm -rf .build/traffic
	@POSTHOG_TEST_TRAFFIC="$(CURDIR)/.build/traffic" $(pytest) tests/integration $(ARGS)

contract-check: $(dev_stamp)
	@$(py) tests/bin/contract check $(ARGS)

mutants: tree
	@tests/bin/make-venv.sh .venv-mutants .venv-mutants/.ready mutants
	@.venv-mutants/bin/python tests/bin/mutants $(ARGS)

contract: $(dev_stamp)
	@$(py) tests/bin/contract update $(ARGS)

matrix: $(dev_stamp) tree
	@$(py) tests/bin/matrix --jobs $(JOBS) $(ARGS)

lint: $(dev_stamp) tree
	@$(py) tests/bin/lint $(CHECKS)

format: $(dev_stamp)
	@$(py) -m ruff check --fix .
	@$(py) -m ruff format .

build: $(dev_stamp)
	@$(py) tests/bin/build-artifact

# Not a part of `make test`: it needs root, podman and debootstrap, and says so where they are not.
ee-try: $(dev_stamp)
	@$(py) tests/bin/ee-try

docs: $(dev_stamp)
	@$(py) tests/bin/build-docs

# Not a part of `make test`: it needs a browser, and says so where there is none.
docs-check: $(dev_stamp)
	@$(py) tests/bin/docs-check $(ARGS)

release: $(dev_stamp) tree
	@$(tree) $(py) tests/bin/release $(VERSION) $(ARGS)

site-samples: $(dev_stamp) tree
	@$(tree) $(py) tests/bin/site-samples $(ARGS)

generate: $(dev_stamp) tree
	@$(tree) $(py) tests/bin/generate $(ARGS)

new-type: $(dev_stamp) tree
	@$(tree) $(py) tests/bin/new-type "$(strip $(NAME))" "$(strip $(AREA))" --route "$(strip $(ROUTE))" --scope "$(strip $(SCOPE))"

coverage-table: $(dev_stamp) tree
	@$(tree) $(py) tests/coverage/table.py $(ARGS)

types-table: $(dev_stamp) tree
	@$(tree) $(py) tests/coverage/types_page.py $(ARGS)

schema: $(dev_stamp) tree
	@$(tree) $(py) tests/coverage/json_schema.py --write

test: $(dev_stamp) tree
	@$(py) tests/bin/test-all $(if $(FAIL_FAST),--fail-fast)

# The environment of this one is not locked, which is its purpose.
newest: $(run_stamp) tree
	@$(py) tests/bin/newest --jobs $(JOBS) $(ARGS)

clean:
	rm -rf .build .venv .venv-lock .venv-matrix .venv-newest .ansible .mypy_cache .ruff_cache .pytest_cache tests/output
	find plugins tests -type d -name __pycache__ -prune -exec rm -rf {} +
