# The two commands: `make demo` tries the program in a sandbox, `make test` checks everything.
#
#   make demo KEEP=1         leaves the demo's sandbox running
#   make deliver MONTH=...   has AWS deliver another month into it
#   make down                ends it
#   make e2e ARGS='-test.run Refused'

SHELL := /bin/bash
.DELETE_ON_ERROR:

.PHONY: demo up deliver down test lint unit e2e bench fuzz release-snapshot

sandbox = @echo "starting the sandbox's builder"; cd tests && go run ./cmd/sandbox

demo:
	$(sandbox) demo $(if $(KEEP),--keep)

up:
	$(sandbox) up

deliver:
	$(sandbox) deliver $(MONTH)

down:
	$(sandbox) down

test: lint unit e2e

# Formatting, go vet and staticcheck.
lint:
	@tests/lint.sh

# The pure packages, the settings, the resource graph of both stacks, and what the sandbox is made of.
unit:
	@tests/unit.sh

# Both stacks for real, in the sandbox.
e2e:
	$(sandbox) test $(ARGS)

# Figures for docs/performance.md.
bench:
	$(sandbox) bench $(ARGS)

# Settings, outputs, documents and files that somebody else wrote, made up by the thousand; FUZZTIME (60s) for each target, as many
# targets at a time as there are cores.
fuzz:
	@tests/fuzz.sh

# What a release consists of, for all its platforms, each of which is compiled from the ground up; `make test` has this machine's.
release-snapshot:
	@tests/release.sh
