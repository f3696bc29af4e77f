# Agora. `make help` says what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
DESTDIR ?=

# Containers need root; whoever is not root is asked for the password once.
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo env "PATH=$(PATH)")
# What a user's shell may contain must not change what tests see.
CLEAN := env -u AGORA_MASTER -u NO_COLOR
RELEASE := swift build -c release --static-swift-stdlib
TEST = $(AS_ROOT) $(CLEAN) swift test --disable-xctest
# What is tested with few others beside it, and what with none.
QUIET := WebPageTests TopCommandTests ProbeTests OperatorStreamTests HTTPServiceTests.LimitTests
# What keeps the machine and its networks busy.
BUSY := KillTests LargeReadTests WatcherCrowdTests
ALONE := $(QUIET) $(BUSY) ReplayTests SimulationTests VirtualMachineTests
SOURCES := Package.swift Sources Tests Benchmarks

.PHONY: help run build test soak bench bench-vm lint format proto install clean check-swift

help: ## Say what there is.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: build ## Start master and agent in one process and run a pod of nested containers in it.
	@echo "== running examples/hello.yaml on a cluster of one; Ctrl-C ends it"
	@$(AS_ROOT) $(CLEAN) build/agora local --run examples/hello.yaml

build: check-swift ## Build the release into build/.
	@Scripts/install-packages.sh build
	@echo "== building the release (the first time takes some minutes)"
	$(RELEASE) --product ContainerInit
	$(RELEASE) --product agora
	@mkdir -p build
	@# Without symbols: half of the size. The build folder keeps them.
	@install -s -m 755 "$$($(RELEASE) --show-bin-path)"/{agora,ContainerInit} build/
	@# Manual pages and completions tell of the commands that were just built, and of no others.
	@rm -rf build/share
	@build/agora generate-manual build/share/man/man1
	@install -d build/share/completions
	@for shell in bash zsh fish; do build/agora --generate-completion-script $$shell > build/share/completions/agora.$$shell; done
	@echo "== build/agora is ready"

test: check-swift ## Build and run all tests, those with real containers and foreign clients too.
	@Scripts/install-packages.sh build test
	@Scripts/install-clients.sh
	@echo "== building and running the tests"
	@# Simulations take every processor they get, and recorded conversations have a pace: so one after the other. Browsers let go
	@# of their connections when networks of other tests come and go, and so do clients that wait too long. Of all others many
	@# wait for programs: too many at once, and none is done in time. The virtual machine comes last, alone. Whatever ends the
	@# tests, nothing of them is left.
	@trap '$(AS_ROOT) Scripts/sweep-tests.sh' EXIT; \
	$(TEST) --experimental-maximum-parallelization-width 4 $(ALONE:%=--skip %); \
	$(TEST) --skip-build --experimental-maximum-parallelization-width 2 $(QUIET:%=--filter %); \
	$(TEST) --skip-build --experimental-maximum-parallelization-width 2 $(BUSY:%=--filter %); \
	$(TEST) --skip-build --filter ReplayTests; \
	$(TEST) --skip-build --filter SimulationTests; \
	$(TEST) --skip-build --filter VirtualMachineTests

soak: check-swift ## Simulate clusters with all kinds of faults, seed after seed, until Ctrl-C.
	@Scripts/install-packages.sh build
	@echo "== building the release"
	@$(RELEASE) --product agora
	@$(CLEAN) "$$($(RELEASE) --show-bin-path)/agora" simulate --soak

bench: check-swift ## Measure containers, the scheduler path, recovery and answers under load beside what others need.
	@Scripts/install-packages.sh build bench
	$(RELEASE)
	@$(AS_ROOT) $(CLEAN) "$$($(RELEASE) --show-bin-path)/Benchmarks"

bench-vm: check-swift ## Measure launches beside runc and crun in a virtual machine that has cgroups of version 2 alone.
	@Scripts/install-packages.sh build bench
	$(RELEASE)
	@$(AS_ROOT) $(CLEAN) Scripts/virtual-machine.sh --seconds 3600 "$$($(RELEASE) --show-bin-path)/Benchmarks" launch

lint: ## Check the style of the Swift sources.
	swift format lint --strict --recursive $(SOURCES)

format: ## Bring the Swift sources into the common style.
	swift format --in-place --recursive $(SOURCES)

proto: check-swift ## Make the Swift of the messages anew from proto/.
	@Scripts/install-packages.sh build proto
	Scripts/generate-messages.sh

install: build ## Install into PREFIX (/usr/local): bin/agora, what belongs to it in lib/agora, manual pages and completions.
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/lib/agora"
	install -m 755 build/agora build/ContainerInit "$(DESTDIR)$(PREFIX)/lib/agora/"
	ln -sf ../lib/agora/agora "$(DESTDIR)$(PREFIX)/bin/agora"
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/man/man1" build/share/man/man1/*.1
	install -D -m 644 build/share/completions/agora.bash "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/agora"
	install -D -m 644 build/share/completions/agora.zsh "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_agora"
	install -D -m 644 build/share/completions/agora.fish "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/agora.fish"

clean: ## Remove everything that was built.
	rm -rf .build build

check-swift:
	@command -v swift > /dev/null || { echo "Swift 6.3 or later is needed: https://www.swift.org/install/linux" >&2; exit 1; }
