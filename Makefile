# `make help` lists what there is. `make run` and `make test` do everything they need by themselves.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
DESTDIR ?=
VAR ?= var

release := .build/release
programs := $(release)/countersignd $(release)/countersign
sources := Package.swift $(shell find -H Sources clients/swift -name '*.swift' -o -path '*/Sources/*.[ch]' -o -name module.modulemap)
# A file of its own, since the compiler leaves a program alone when a change makes no difference to it.
built := .build/release-programs.stamp

##@ Use it

.PHONY: run
run: $(built) ## Start a development server on 127.0.0.1:7443, everything under ./var
	@$(release)/countersignd init --directory $(VAR)
	@exec $(release)/countersignd serve --config $(VAR)/countersignd.yaml

.PHONY: setup
setup: ## Install the Debian packages that `run` needs; says which and why
	@scripts/setup.sh run

.PHONY: build
build: $(built) ## Build both programs in release mode

.PHONY: install
install: build ## Install both programs under PREFIX (/usr/local), below DESTDIR
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 755 $(programs) '$(DESTDIR)$(PREFIX)/bin/'

##@ Test it

.PHONY: test
test: ## Install what the tests need and run all of them, as CI does
	@scripts/test.sh

.PHONY: smoke
smoke: build ## Scripted conversation with the command line and oathtool (COUNTERSIGN_ADDRESS=… for a running server)
	@scripts/setup.sh smoke
	@scripts/smoke.sh

.PHONY: check
check: ## Formatting, shell scripts, words that do not belong here
	@scripts/setup.sh run check
	@scripts/check.sh

.PHONY: bench
bench: build ## Figures side by side with other programs, some minutes
	@scripts/setup.sh run bench
	@Benchmarks/run.sh

##@ Change it

.PHONY: proto
proto: ## Generate all code from the protos anew
	@scripts/setup.sh run proto
	@proto/generate.sh

.PHONY: format
format: ## Format the Swift sources
	@scripts/swift-sources.sh | xargs -0 swift format format --in-place

.PHONY: clean
clean: ## Remove what was built; ./var stays
	rm -rf .build
	@if [ -f clients/c/Makefile ]; then $(MAKE) --no-print-directory -C clients/c clean; fi

.PHONY: help
help: ## Print this list
	@awk 'BEGIN { FS = ":.*## " } \
	    /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

$(built): $(sources) $(if $(filter-out $(wildcard $(programs)),$(programs)),missing-program) | setup
	@scripts/build-release.sh
	@touch $@

.PHONY: missing-program
missing-program:
