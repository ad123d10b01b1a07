# The two commands: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV ?= .venv
BIN = $(VENV)/bin
SCENARIO ?=
SCENARIOS := $(patsubst molecule/%/molecule.yml,%,$(wildcard molecule/*/molecule.yml))
NETWORK := digitalocean_firewall redis_firewall
TARGET ?= bookworm
GOAL ?= P7

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: bootstrap
bootstrap: ## make the checkout ready to run: virtual environment, test servers, Docker engine
	@tools/bootstrap.sh $(VENV)

.PHONY: images
images: bootstrap
	@tools/images.sh bookworm
	@tools/images.sh trixie

.PHONY: servers
servers: images
	@tools/trixie_servers.sh

.PHONY: demo
demo: images ## harden a disposable Redis in use, attack it before and after, audit it; TARGET=bookworm, trixie or valkey
	@$(BIN)/python -m tools.demo $(TARGET)

.PHONY: clean
clean: ## remove the demo's containers and all build results
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m tools.demo clean; fi
	@if [ -e .cache/dockerd.pid ]; then kill "$$(cat .cache/dockerd.pid)" && rm -f .cache/dockerd.pid; fi
	@rm -rf build

.PHONY: test
test: ## everything CI runs, on two cores in some 50 minutes: local and back beside each other, then hosts, then molecule
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target back local
	@$(MAKE) --no-print-directory hosts
	@$(MAKE) --no-print-directory molecule SCENARIO="$(filter-out $(NETWORK),$(SCENARIOS))"

.PHONY: local
local: lint sanity unit cloud page live network ## what hardens no host: lint, sanity, unit, cloud, page, live, network

# Kernel values belong to the machine, and all containers have the same: whoever puts one back does so to all of them. So
# nothing else hardens meanwhile.
.PHONY: back
back: images ## what puts hosts back as they were: undo, faults, the health gate
	@$(BIN)/python -m pytest -q tests/undo tests/faults tests/refusals/test_gate.py

.PHONY: hosts
hosts: images ## what hardens hosts, two at a time: leaks, refusals, rotate, renewals, killed; and evidence of one
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile \
	  tests/soak/test_killed.py tests/refusals/test_refusals.py tests/rotate tests/leaks tests/renewals tests/evidence

.PHONY: lint
lint: bootstrap ## ruff, mypy --strict, yamllint, ansible-lint (production), changelog, build
	@tools/lint.sh $(BIN)
	@tools/check_build.sh $(BIN)

.PHONY: sanity
sanity: bootstrap ## ansible-test sanity with empty ignore files
	@tools/sanity.sh $(BIN)

.PHONY: unit
unit: bootstrap ## pure code and the house rules
	@$(BIN)/python -m pytest -q -n 2 tests/unit

.PHONY: cloud
cloud: bootstrap ## DigitalOcean's firewalls against a stand-in for its API, checked against its published reference
	@$(BIN)/python -m pytest -q -n 2 tests/digitalocean

.PHONY: page
page: bootstrap ## the audit report in headless Chromium: phone to wide screen, light and dark, filters, no outside requests
	@tools/chromium.sh
	@$(BIN)/python -m pytest -q tests/page

.PHONY: live
live: servers ## against real servers on unix sockets
	@tools/promtool.sh
	@PATH="$(CURDIR)/.cache/servers/debian:$$PATH" $(BIN)/python -m pytest -q tests/live

.PHONY: leaks
leaks: images ## planted secrets through every role, then looked for everywhere
	@$(BIN)/python -m pytest -q tests/leaks

.PHONY: refusals
refusals: images ## what cannot be hardened safely is left as it is; a host whose users cannot work is put back
	@$(BIN)/python -m pytest -q tests/refusals

.PHONY: faults
faults: images ## full disk, read-only /etc, a server that dies, what people change by hand: harden.yml refuses or converges
	@$(BIN)/python -m pytest -q tests/faults

.PHONY: killed
killed: images ## the controller is killed at five tasks of harden.yml; each time the next run finishes the work
	@$(BIN)/python -m pytest -q tests/soak/test_killed.py

.PHONY: evidence
evidence: images ## evidence of a plain server in use: whole, for its recipient only, the host as it was
	@$(BIN)/python -m pytest -q tests/evidence

.PHONY: undo
undo: images ## hardening undone, the glass broken, the authority replaced; compared to the byte and to the key
	@$(BIN)/python -m pytest -q tests/undo

.PHONY: rotate
rotate: images ## passwords rotated under writers at work; the controller killed in the middle of five tasks
	@$(BIN)/python -m pytest -q tests/rotate

.PHONY: renewals
renewals: images ## a server under load renewed three times, a pair it cannot read put back, clients of docs/clients.md
	@$(BIN)/python -m pytest -q -rP tests/renewals

.PHONY: molecule
molecule: images ## the roles in containers; SCENARIO=name for one
	@tools/molecule.sh $(BIN) $(SCENARIO)

.PHONY: network
network: images ## those of the scenarios that are about firewalls alone
	@tools/molecule.sh $(BIN) $(NETWORK)

.PHONY: soak
soak: servers ## what is too long for CI: killed in each change and after each, refusals and undo on all targets, properties drawn anew, all profiles of the cloud, 2000 generated users on each server
	@for _ in 1 2 3 4 5; do HYPOTHESIS_PROFILE=drawn $(BIN)/python -m pytest -q -n 2 tests/unit/plugins; done
	@RAMPART_PROFILES=all $(BIN)/python -m pytest -q -n 2 tests/digitalocean/test_profiles.py
	@RAMPART_EXAMPLES=2000 HYPOTHESIS_PROFILE=drawn $(BIN)/python -m pytest -q tests/live/acl/test_oracle.py
	@RAMPART_KILLS=all $(BIN)/python -m pytest -q tests/soak tests/rotate
	@RAMPART_TARGETS=all $(BIN)/python -m pytest -q tests/refusals tests/undo tests/evidence
	@RAMPART_RENEWALS=20 $(BIN)/python -m pytest -q -rP tests/renewals

.PHONY: bench
bench: servers ## one benchmark; GOAL=P7
	@$(BIN)/python -m tests.benchmarks $(GOAL)

.PHONY: docs
docs: bootstrap ## regenerate what is generated: role tables, docs/checks.md
	@$(BIN)/python tools/generate_role_docs.py
	@$(BIN)/python tools/generate_vulnerabilities.py
	@$(BIN)/python tools/generate_checks.py
	@$(BIN)/python tools/generate_acl_versions.py
