# Feldsher: the two commands of the README are `make run` and `make test`.
# `make help` lists the others.

GO        ?= go
BIN       := build/bin
OUT       := build/out
LINT      := $(BIN)/golangci-lint
# What the tests call beside Go: PDF tools, and a C compiler for the race detector.
DEBIAN    := poppler-utils qpdf gcc libc6-dev

.PHONY: help run test lint vet unit race cross soak bench fuzz tidy deps clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/' | awk -F: '{printf "  make %-8s%s\n", $$1, $$2}'

run: ## a clinic's day on a fresh encrypted database
	@$(MAKE) --no-print-directory $(BIN)/feldsherctl
	@$(BIN)/feldsherctl tour

$(BIN)/feldsherctl: FORCE
	@mkdir -p $(BIN)
	@echo "building feldsherctl (the first time takes a minute or two) …"
	@CGO_ENABLED=0 $(GO) build -trimpath -o $@ ./app/feldsherctl

test: deps lint vet unit race cross ## everything that must hold, as CI runs it

lint: $(LINT)
	$(LINT) run ./...

$(LINT): build/tools/go.mod build/tools/go.sum
	@mkdir -p $(BIN)
	@echo "building the linter (once, about two minutes) …"
	cd build/tools && $(GO) build -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

vet:
	$(GO) vet ./...

unit: ## tests without the race detector
	CGO_ENABLED=0 $(GO) test -timeout 20m ./...

race: ## tests with the race detector
	CGO_ENABLED=1 $(GO) test -race -short -timeout 30m ./...

cross: ## builds and vets for the other systems
	@for os in windows darwin linux; do for arch in amd64 arm64; do \
		echo "cross $$os/$$arch"; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -o /dev/null ./app/feldsherctl || exit 1; \
	done; done
	CGO_ENABLED=0 GOOS=windows $(GO) vet ./...
	CGO_ENABLED=0 GOOS=darwin $(GO) vet ./...

soak: deps ## the long tests in full
	FELDSHER_SOAK=1 CGO_ENABLED=0 $(GO) test -count=1 -timeout 180m ./...

bench: ## ratios and times, all measured in one run
	@$(MAKE) --no-print-directory $(BIN)/feldsherctl
	@$(BIN)/feldsherctl bench

fuzz: ## each fuzzer for a minute
	@for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p 2>/dev/null | grep ^Fuzz); do \
		echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 60s $$p || exit 1; done; done

tidy:
	$(GO) mod tidy -e

# Installs what the tests call, where apt-get is to be had; says what it does.
deps:
	@sh build/deps.sh $(DEBIAN)

clean:
	rm -rf $(BIN) $(OUT)

FORCE:
