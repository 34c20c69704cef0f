# SPDX-License-Identifier: Apache-2.0
# Each target is one short script under tools/; this file only names them.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup build demo test check sanitize shake fuzz bench docs wheel clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: ## install what is missing: system packages (as root) and the tools in .venv
	@tools/setup.sh build test check

build: ## compile everything once and install the package into .venv
	@tools/setup.sh build test
	@tools/build.sh

demo: ## JSON by vector_publish to a C++ handler through an embedded broker, with rates
	@tools/setup.sh build
	@tools/build.sh
	@tools/python tools/demo.py

test: build ## every test: C++, Python, structure, documentation examples
	@tools/test.sh

check: build ## lint, types, structure, thread safety, documentation
	@tools/setup.sh check
	@tools/check.sh

sanitize: ## C++ suites under ASan + UBSan and under TSan
	@tools/setup.sh build test
	@tools/sanitize.sh

shake: build ## every test, again and again, with random delays where threads meet
	@tools/shake.sh $(ARGS)

fuzz: ## search for inputs that break the parsers, a minute each
	@tools/setup.sh build fuzz
	@tools/fuzz.sh

bench: build ## rates beside their peers and the machine's limits
	@tools/setup.sh bench
	@tools/python tools/bench/run.py $(ARGS)

docs: build ## the manual, in build-docs/html
	@tools/setup.sh check
	@tools/docs.sh

wheel: ## a wheel in dist/
	@tools/setup.sh build
	@tools/wheel.sh

clean: ## remove what the other targets made, .venv excepted
	@rm -rf build build-* dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
