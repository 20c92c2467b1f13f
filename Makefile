# SPDX-License-Identifier: Apache-2.0
# "make" or "make help" lists the targets. Recipes of more than a few lines are in scripts/.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

PREFIX ?= /usr
SYSCONFDIR ?= /etc
DESTDIR ?=
# Debian's own Python, which has the packages of Debian.
PYTHON := /usr/bin/python3

.PHONY: help
help: ## Show this list.
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: deps
deps: ## Install the Debian packages that are missing (as root), or say which.
	@scripts/install-deps.sh

.PHONY: build
build: ## Build the programs: .build/release/cloakroomd, cloakroomctl and cloakroom-fcgi
	@scripts/build.sh cloakroomd
	@scripts/build.sh cloakroomctl
	@scripts/build.sh cloakroom-fcgi

.PHONY: demo
demo: ## Show the example application with encrypted sessions; KEEP=1 keeps it running.
	@scripts/demo.sh

.PHONY: test
test: deps lint test-swift test-vectors test-units test-fuzz test-gate-fuzz test-php test-fail2ban test-status-page test-stolen test-torture test-boot ## Run everything that checks the project.

.PHONY: test-swift
# Those of the daemon block the threads that the others share.
test-swift: ## Build all targets and run the Swift tests.
	swift build --build-tests
	swift test --skip-build --skip CloakroomDaemonTests
	swift test --skip-build --filter CloakroomDaemonTests

.PHONY: test-vectors
test-vectors: ## Check the vectors with independent implementations, those of cookies with PHP-FPM.
	$(PYTHON) Tests/Vectors/record_format.py --check Tests/Vectors/record-format.json
	$(PYTHON) Tests/Vectors/protocol.py --check Tests/Vectors/protocol.json
	$(PYTHON) Tests/Vectors/admin_protocol.py --check Tests/Vectors/admin-protocol.json
	$(PYTHON) Tests/Vectors/gate_protocol.py --check Tests/Vectors/gate-protocol.json
	$(PYTHON) Tests/Vectors/backup_manifest.py --check Tests/Vectors/backup-manifest.json
	$(PYTHON) Tests/Vectors/cookies.py --check Tests/Vectors/cookies.json

.PHONY: test-fuzz
test-fuzz: ## Run every fuzz target for a few seconds.
	scripts/fuzz.sh 5

.PHONY: test-gate-fuzz
test-gate-fuzz: ## Send five million fuzzed bytes to the gate of test-swift, with the daemon behind it.
	scripts/check-gate-fuzz.py --binaries "$$(swift build --show-bin-path)"

.PHONY: fuzz
fuzz: ## Run every fuzz target for ten minutes; FUZZ_SECONDS=N for another time.
	scripts/fuzz.sh $(or $(FUZZ_SECONDS),600)

.PHONY: sanitize
sanitize: deps ## Run the suites under AddressSanitizer and under ThreadSanitizer.
	scripts/sanitize.sh

.PHONY: test-torture
test-torture: ## Run the short form of the fault suite with the builds of test-swift (as root).
	"$$(swift build --show-bin-path)/torture" --short

.PHONY: torture
torture: ## Run the fault suite at full scale with the release build (as root; about ten minutes).
	scripts/torture.sh $(if $(TORTURE_SEED),--seed $(TORTURE_SEED)) $(foreach name,$(TORTURE_ONLY),--only $(name))

.PHONY: bench
bench: ## Compare with other session handlers, and check the budgets; BENCH="changed pinned" for a part.
	@Benchmarks/run.sh --rounds $(or $(BENCH_ROUNDS),20) --json $(or $(BENCH_JSON),.build/bench/results.json) \
	  $(if $(BENCH_SVG),--svg $(BENCH_SVG)) $(foreach peer,$(BENCH_PEERS),--peer $(peer)) $(BENCH)

.PHONY: bench-figure
bench-figure: ## Compare all, and draw docs/performance.svg.
	@$(MAKE) bench BENCH_SVG=docs/performance.svg

.PHONY: bench-micro
bench-micro: ## Count and time the daemon's parts; RECORD=1 sets the thresholds to what was counted.
	Benchmarks/MicroBenchmarks/run.sh $(if $(RECORD),--record)

.PHONY: test-units
test-units: ## Check the systemd units and the PHP-FPM pool file.
	scripts/check-units.sh
	scripts/check-pool.sh

.PHONY: test-php
test-php: ## Check the PHP code and run its tests against the daemon of test-swift.
	scripts/check-php.sh

.PHONY: test-fail2ban
test-fail2ban: ## Check the filter and the jails of fail2ban, on lines of the daemon of test-swift.
	$(PYTHON) scripts/check-fail2ban.py

.PHONY: test-status-page
test-status-page: ## Look at the status page in a browser, with the pages and the builds of test-swift.
	$(PYTHON) scripts/check-status-page.py --binaries "$$(swift build --show-bin-path)"

.PHONY: test-stolen
test-stolen: ## Try to read sessions with a copy of the state directory and the master key, without ids.
	$(PYTHON) scripts/check-stolen-disk.py

.PHONY: test-boot
test-boot: ## Install in a Debian, boot it, and check units, credentials, restarts and the watchdog (as root).
	scripts/test-boot.sh

.PHONY: lint
lint: ## Check formatting, headers and shell scripts.
	scripts/lint.sh

.PHONY: man
man: ## Write the manual pages anew, from the programs' own help and the settings.
	for program in cloakroomctl cloakroomd cloakroom-fcgi cloakroom-manual; do swift build --product $$program; done
	"$$(swift build --show-bin-path)/cloakroom-manual" conf/cloakroom.toml docs/man

.PHONY: format
format: ## Format the Swift code.
	swift format -i -r Package.swift Sources Tests Fuzz $(wildcard Fuzz)

.PHONY: install
install: ## Build, and install to $(DESTDIR)$(PREFIX) and $(DESTDIR)$(SYSCONFDIR).
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" SYSCONFDIR="$(SYSCONFDIR)" scripts/install.sh

.PHONY: clean
clean: ## Remove what was built.
	rm -rf .build php-client/.phpunit.cache php-client/.phpunit.result.cache
