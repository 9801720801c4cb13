# `make export` exports everything; `make test` and `make check` prove it.

PYTHON ?= python3
VENV ?= .venv
OUTPUT ?= exports
CHECKPOINTS ?=
FETCH ?=
MIRROR ?=
PATTERNS ?=
SITE ?= .cache/site
CLIENT ?=
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)

RUN := $(VENV)/bin/python -m
# Python compiles what it imports, and keeps that; pip would compile all of every
# package. Where Python may keep nothing, each process would compile TensorFlow.
export PYTHONDONTWRITEBYTECODE :=
INSTALL := $(RUN) pip install --quiet --disable-pip-version-check --no-compile \
  --editable
BUILDIFIER_VERSION := 8.2.1
BUILDIFIER_FOLDER := .cache/buildifier-$(BUILDIFIER_VERSION)
BUILDIFIER := $(BUILDIFIER_FOLDER)/node_modules/.bin/buildifier
BAZEL ?= bazel
BAZEL_TESTS ?= --test_tag_filters=quick //...
# Bazel's Python, and all that pip installs, is the environment's.
RUN_BAZEL := PATH="$(abspath $(VENV))/bin:$$PATH" \
  $(BAZEL) --bazelrc=bazel/debian.bazelrc
BAZEL_FILES := BUILD MODULE.bazel WORKSPACE \
  bazel benchmarks exporter model_specs tests
# The catalogue links to the cards beside it, so both are made side by side.
GENERATED := model_cards catalogue
FRESH_DOCS := .cache/docs
PROGRAMS := .cache/programs
BENCH ?= .cache/bench
SHELF ?=

# Without checkpoints the weights are synthetic: seeded, and marked as such.
WEIGHTS = $(or $(strip $(TRAINED)),--synthetic_weights)
TRAINED = $(if $(CHECKPOINTS),--checkpoint_dir='$(CHECKPOINTS)') \
  $(if $(filter-out 0,$(FETCH)),--fetch) $(if $(MIRROR),--mirror='$(MIRROR)')

# One process more than there are processors to use, since some tests wait for
# servers, browsers and disks.
PYTEST := $(RUN) pytest -n $(shell expr $(JOBS) + 1) --dist worksteal -rs

.DELETE_ON_ERROR:
.PHONY: help export test test-others check bazel consumers runtimes matrix
.PHONY: programs blueprints bench cards site clean
.PHONY: check-lint check-types check-layout check-build check-cards

help:
	@echo 'make export  every handle in both formats -> OUTPUT; PATTERNS says'
	@echo '             which, CHECKPOINTS where their weights are, JOBS how'
	@echo '             many workers; PYTHON and VENV name the environment;'
	@echo '             FETCH=1 downloads the published weights before, from'
	@echo '             MIRROR if that is given'
	@echo 'make test    every test but the next ones, on JOBS + 1 processes, as some wait'
	@echo 'make test-others  the tests that run old and new TensorFlows and programs'
	@echo '             of others; their environments take gigabytes'
	@echo 'make check   lint, types, layout, and that generated files are fresh'
	@echo 'make bazel   loads all with the Bazel of Debian, builds and runs slimhub,'
	@echo '             and a test of each package; BAZEL_TESTS=//... for all'
	@echo 'make consumers  the table of old and new clients, exporter/cards/clients.tsv;'
	@echo '             CLIENT is a word of those to run'
	@echo 'make runtimes  the table of runtimes of converted files,'
	@echo '             exporter/cards/runtimes.tsv'
	@echo 'make matrix  slimhub itself on each TensorFlow -> docs/matrix.md; STACK is'
	@echo '             a word of those to try'
	@echo 'make programs  the table of what TensorFlow makes of every program'
	@echo 'make blueprints  the published networks, built -> exporter/networks'
	@echo 'make bench   the figures of the README -> BENCH; SHELF=1: of all models'
	@echo 'make cards   docs/model_cards and docs/catalogue, written anew'
	@echo 'make site    the documentation site -> SITE, with the files of OUTPUT'
	@echo '             if there is such a folder'
	@echo 'make clean   removes what the others made, except the exports'

# With `set -f` the patterns reach slimhub as they are written.
export: $(VENV)/installed
	set -f; $(RUN) exporter export --output_dir='$(OUTPUT)' --jobs=$(JOBS) \
	  $(WEIGHTS) $(or $(PATTERNS),--all)

test: $(VENV)/installed-test
	$(PYTEST) -m 'not others'

test-others: $(VENV)/installed-test
	$(PYTEST) -m others

check: check-lint check-types check-layout check-build check-cards

check-lint: $(VENV)/installed-dev
	$(RUN) ruff check .
	$(RUN) ruff format --check .

check-types: $(VENV)/installed-dev
	$(RUN) mypy

check-layout: $(VENV)/installed-test
	$(RUN) pytest -q tests/layout_test.py tests/setup_test.py

# That BUILD files are what their generator writes is a test of the layout.
check-build: $(BUILDIFIER)
	$(BUILDIFIER) -mode=check -lint=warn -warnings=all -r $(BAZEL_FILES)

check-cards: $(VENV)/installed
	rm -rf $(FRESH_DOCS)
	$(RUN) exporter cards --output_dir=$(FRESH_DOCS)/model_cards
	@for folder in $(GENERATED); do \
	  diff -r docs/$$folder $(FRESH_DOCS)/$$folder || { \
	    echo "docs/$$folder is not what the specs say; run 'make cards'" >&2; \
	    exit 1; \
	  } \
	done

cards: $(VENV)/installed
	$(RUN) exporter cards --output_dir=docs/model_cards

site: $(VENV)/installed-site
	$(RUN) exporter site --output_dir='$(SITE)' \
	  $(if $(wildcard $(OUTPUT)),--hub_dir='$(OUTPUT)')

bazel: $(VENV)/installed-test
	@command -v $(BAZEL) >/dev/null && \
	  test -d /usr/share/bazel/rules/java && \
	  test -d /usr/share/bazel/tools/platforms || { \
	  echo 'the Bazel of Debian, or a part of it, is missing; run: apt-get' \
	    'install bazel-bootstrap bazel-rules-java bazel-platforms' >&2; \
	  exit 1; \
	}
	$(RUN_BAZEL) query //... >/dev/null
	$(RUN_BAZEL) run //:slimhub -- list 'mobilenet_v2_035_*'
	$(RUN_BAZEL) test $(BAZEL_TESTS)

# Environments of old clients are made at first use, in .cache/consumers.
consumers: $(VENV)/installed-test
	$(RUN) tests.consumers $(JOBS) '$(CLIENT)'

runtimes: $(VENV)/installed-test
	$(RUN) tests.runtimes

matrix: $(VENV)/installed-test
	$(RUN) tests.matrix '$(STACK)'

# TensorFlow is asked for those programs alone that the table does not have.
programs: $(VENV)/installed-test
	$(RUN) exporter export --output_dir='$(PROGRAMS)' --jobs=$(JOBS) --force \
	  --synthetic_weights --all
	$(RUN) tests.programs_file '$(PROGRAMS)'
	rm -rf '$(PROGRAMS)'

blueprints: $(VENV)/installed-test
	$(RUN) tests.blueprint_files

bench: $(VENV)/installed-test
	$(RUN) benchmarks '$(BENCH)' $(if $(filter-out 0,$(SHELF)),--shelf)

# Bazel's outputs lie outside of this folder.
clean:
	-! command -v $(BAZEL) >/dev/null || $(RUN_BAZEL) clean --expunge
	rm -rf $(VENV) .cache build *.egg-info requirements_lock.txt
	rm -rf .mypy_cache .pytest_cache .ruff_cache

# For Bazel, see MODULE.bazel: what pip chose on this machine.
requirements_lock.txt: $(VENV)/installed-test
	$(RUN) pip freeze --exclude-editable > $@

# A stamp is written last, so that an interrupted install starts again; an
# environment whose pip does not run is made anew.
$(VENV)/installed: setup.py pyproject.toml
	@echo 'Installing slimhub into $(VENV); TensorFlow takes a few minutes.'
	@$(RUN) pip --version >/dev/null 2>&1 || \
	  $(PYTHON) -m venv --clear $(VENV)
	$(INSTALL) .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(INSTALL) '.[test]'
	@touch $@

$(VENV)/installed-site: $(VENV)/installed
	$(INSTALL) '.[site]'
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed-test
	$(INSTALL) '.[dev,test]'
	@touch $@

$(BUILDIFIER):
	@command -v npm >/dev/null || { \
	  echo 'npm is missing, and buildifier comes as the npm package' \
	    '@bazel/buildifier; install Node.js with npm' >&2; \
	  exit 1; \
	}
	npm install --silent --no-fund --no-audit --cache .cache/npm \
	  --prefix $(BUILDIFIER_FOLDER) \
	  @bazel/buildifier@$(BUILDIFIER_VERSION)
