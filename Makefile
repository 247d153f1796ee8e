# Relaycheck. `make demo` and `make test` are all that a newcomer needs.

GO      ?= go
BIN     := bin/relaycheck
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X github.com/relaycheck/relaycheck/suite.version=$(VERSION)
LINT    := $(GO) tool -modfile=tools/go.mod golangci-lint

.DEFAULT_GOAL := help
.PHONY: help build demo test test-browser check lint fmt generate bench bench-validate clean examples

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/relaycheck, one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o $(BIN) ./cmd/relaycheck

demo: build ## build, and play the whole suite against the built-in reference receiver
	./$(BIN) demo

examples: ## fetch what the example receivers need (only Node's, where npm is there)
	@if command -v npm >/dev/null 2>&1; then cd examples/receivers/node-express-mariadb && npm ci --no-audit --no-fund --loglevel=error; \
	else echo "npm is not here: the tests of the Node example will be skipped"; fi

test: examples ## run every test, with the race detector, in random order
	$(GO) test -race -shuffle=on -timeout 20m ./...
	$(GO) test -tags purego ./schema/... # what processors without our assembly run
	@$(MAKE) --no-print-directory test-browser

test-browser: ## test the HTML report in headless Chromium (where it and npm are there)
	@if { command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable; } >/dev/null 2>&1 \
		&& command -v npm >/dev/null 2>&1; then \
		cd suite/report/browser && npm ci --no-audit --no-fund --loglevel=error && $(GO) test -timeout 20m ./...; \
	elif [ "$$CI_REQUIRE_SERVICES" = 1 ]; then echo "Chromium or npm is not here, and CI_REQUIRE_SERVICES=1 asks for them" >&2; exit 1; \
	else echo "Chromium or npm is not here: the tests of the HTML report in a browser are skipped"; fi

check: fmt generate lint test ## what has to hold before a commit
	git diff --exit-code

lint: ## run the linters; the walls between the packages are among them
	$(LINT) run ./...

fmt: ## format the Go code
	gofmt -w $$(git ls-files '*.go')

generate: ## make the generated files anew
	$(GO) generate ./...

bench: build ## run the benchmarks and write BENCH.md
	$(GO) run ./internal/benchdoc -binary ./$(BIN) -out BENCH.md

bench-validate: build ## compare the validation of captures with ajv and plain jsonschema, write its section of BENCH.md
	$(GO) run ./bench/compare -binary $(BIN) -out BENCH.md $(BENCH_VALIDATE)

clean: ## remove what was built
	rm -rf bin out dist
