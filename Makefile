# Feldsher: the two commands of the README are `make run` and `make test`.
# `make help` lists the others.

GO        ?= go
BIN       := build/bin
OUT       := build/out
LINT      := $(BIN)/golangci-lint
# What the desktop is built with. Changing these flags builds all of its C code anew.
TAGS      := x11,migrated_fynedo,no_animations
comma     := ,
# What is called beside Go. The window: a C compiler, the headers of X11 and OpenGL. The tests: PDF tools, a print
# service, PostgreSQL, and a screen that is none with its mouse and keys; the race detector wants the compiler too.
WINDOW    := gcc libc6-dev pkg-config libgl1-mesa-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev
DEBIAN    := poppler-utils qpdf cups-daemon cups-client postgresql-15 $(WINDOW)
SCREEN    := xvfb openbox xdotool imagemagick libgl1-mesa-dri x11-xkb-utils x11-utils xclip
# Packages that build without C: all but the program that opens a window. On macOS Fyne
# itself wants C, so what is drawn can't be vetted for it from here; and the race detector
# has nothing to find in it: Fyne's test driver runs everything on one thread.
PURE      = $$($(GO) list ./... | grep -v '^feldsher/app/feldsher$$')
UNDRAWN   = $$($(GO) list ./... | grep -v -e '^feldsher/app/feldsher' -e /ui/kit -e /ui/page)

.PHONY: help run tour desktop test lint vet unit race cross windows e2e pictures soak bench fuzz tidy deps clean

help: ## what can be made
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/' | awk -F: '{printf "  make %-8s%s\n", $$1, $$2}'

run: ## opens the program; without a display, a clinic's day in words
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ] || [ "$$OS" = Windows_NT ]; then \
		sh build/deps.sh $(WINDOW) && $(MAKE) --no-print-directory desktop $(BIN)/feldsherctl && $(BIN)/feldsher; \
	else \
		echo "There is no display here, so the window stays closed. A clinic's day in words instead:"; \
		$(MAKE) --no-print-directory tour; \
	fi

tour: ## a clinic's day on a fresh encrypted database
	@$(MAKE) --no-print-directory $(BIN)/feldsherctl
	@$(BIN)/feldsherctl tour

desktop: ## builds the program with windows
	@mkdir -p $(BIN)
	@echo "building feldsher (the first time takes two to five minutes) …"
	@CGO_ENABLED=1 $(GO) build -tags $(TAGS) -o $(BIN)/feldsher ./app/feldsher

$(BIN)/feldsherctl $(BIN)/licensord: FORCE
	@mkdir -p $(BIN)
	@echo "building $(@F) (the first time takes a minute or two) …"
	@CGO_ENABLED=0 $(GO) build -trimpath -o $@ ./app/$(@F)

test: deps lint vet unit race cross e2e windows ## everything that must hold, as CI runs it

lint: $(LINT)
	$(LINT) run ./...

$(LINT): build/tools/go.mod build/tools/go.sum
	@mkdir -p $(BIN)
	@echo "building the linter (once, about two minutes) …"
	cd build/tools && $(GO) build -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

vet:
	$(GO) vet -tags $(TAGS) ./...

unit: ## tests without the race detector
	CGO_ENABLED=0 $(GO) test -tags $(TAGS) -timeout 20m $(PURE)

race: ## tests with the race detector
	CGO_ENABLED=1 $(GO) test -tags $(TAGS) -race -short -timeout 30m $(UNDRAWN)

e2e: ## the real program on a screen that is none, by keys and mouse; pictures in build/out
	@sh build/deps.sh $(SCREEN)
	@$(MAKE) --no-print-directory desktop $(BIN)/feldsher-threads $(BIN)/feldsherctl
	FELDSHER_BIN=$(CURDIR)/$(BIN) FELDSHER_OUT=$(CURDIR)/$(OUT) $(GO) test -count=1 -timeout 20m -v ./app/feldsher/e2e

pictures: ## the pictures of the README, taken from the demo clinic
	@sh build/deps.sh $(SCREEN)
	@$(MAKE) --no-print-directory desktop
	FELDSHER_BIN=$(CURDIR)/$(BIN) FELDSHER_OUT=$(CURDIR)/$(OUT) FELDSHER_PICTURES=$(CURDIR)/docs/images \
		$(GO) test -count=1 -timeout 20m -v -run TestPictures ./app/feldsher/e2e

# The program as it tells of widgets that are touched beside Fyne's thread.
$(BIN)/feldsher-threads: FORCE
	@mkdir -p $(BIN)
	@CGO_ENABLED=1 $(GO) build -tags $(subst migrated_fynedo$(comma),,$(TAGS)) -o $@ ./app/feldsher

cross: ## builds and vets for the other systems
	@for os in windows darwin linux; do for arch in amd64 arm64; do \
		echo "cross $$os/$$arch"; \
		for app in feldsherctl licensord; do \
			CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -o /dev/null ./app/$$app || exit 1; \
		done; \
	done; done
	CGO_ENABLED=0 GOOS=windows $(GO) vet -tags $(TAGS) $(PURE)
	CGO_ENABLED=0 GOOS=darwin $(GO) vet -tags $(TAGS) $(UNDRAWN)

WINDOWS   := $(OUT)/windows
MINGW     := gcc-mingw-w64-x86-64-win32 binutils-mingw-w64-x86-64
RESOURCE  := app/feldsher/rsrc_windows_amd64.syso

windows: ## the program for Windows, built here; the first time takes about ten minutes
	@sh build/deps.sh $(MINGW)
	@mkdir -p $(WINDOWS)
	cd build/tools && $(GO) run ./winres ico $(CURDIR)/assets/icons/app.png $(CURDIR)/$(WINDOWS)/feldsher.ico
	@version=$$(sed -n 's/^Version = "\(.*\)"/\1/p' FyneApp.toml); \
	grep -q "version = \"$$version\"" app/feldsher/main.go || { echo "FyneApp.toml says $$version, app/feldsher another version"; exit 1; }; \
	trap 'rm -f $(CURDIR)/$(RESOURCE)' EXIT; \
	x86_64-w64-mingw32-windres -I $(WINDOWS) -I build/windows -DVERSION_TEXT="\\\"$$version\\\"" \
		-DVERSION_NUMBERS=$$(echo $$version | tr . ,),0 -i build/windows/app.rc -O coff -o $(RESOURCE) && \
	CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc-win32 \
		$(GO) build -tags $(TAGS) -ldflags "-s -w -H windowsgui" -o $(WINDOWS)/feldsher.exe ./app/feldsher && \
	cd build/tools && $(GO) run ./winres check $(CURDIR)/$(WINDOWS)/feldsher.exe $$version

soak: deps ## the long tests in full
	FELDSHER_SOAK=1 CGO_ENABLED=0 $(GO) test -tags $(TAGS) -count=1 -timeout 180m $(PURE)

bench: ## ratios and times, all measured in one run
	@$(MAKE) --no-print-directory $(BIN)/feldsherctl
	@$(BIN)/feldsherctl bench
	@FELDSHER_SOAK=1 CGO_ENABLED=0 $(GO) test -tags $(TAGS) -count=1 -timeout 60m -v -run '^TestLarge$$$$' ./internal/ui/page/shell
	@cd build/bench && npm install --silent --no-audit --no-fund --no-package-lock
	@FELDSHER_BENCH=100000 CGO_ENABLED=0 $(GO) test -count=1 -timeout 60m -v -run 'Beside(Pouch|Copy)$$$$' ./app/feldsherctl

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
