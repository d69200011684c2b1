# make lists the targets. Needs Go 1.26 and make, nothing else.
GO ?= go
export CGO_ENABLED ?= 0

.PHONY: help build test receipts demo demo-clean race bench fuzz schema check

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

build: ## build bin/wasl
	$(GO) build -trimpath -o bin/wasl ./cmd/wasl

test: ## all tests
	$(GO) test -timeout 45m ./...

receipts: ## 10,000 receipts on three POS, a fifth of all calls wrong, the program killed again and again
	WASL_TEST_RECEIPTS=1 $(GO) test -timeout 90m -run 'TestCrash_Points$$' -v ./cmd/wasl

demo: build ## a small shop's night, against stand-ins on this machine
	$(GO) build -trimpath -o bin/demo ./cmd/demo
	bin/demo -wasl bin/wasl -dir demo

demo-clean: ## forget the demo
	rm -rf demo

race: ## all tests with the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race ./...

bench: ## the benchmarks
	$(GO) test -run '^$$' -bench . -benchtime 1x ./...

fuzz: ## each parser for 20 seconds
	@for t in $$(grep -rhoE '^func Fuzz[A-Za-z0-9_]+' --include=*_test.go . | sed 's/func //' | sort -u); do \
	  pkg=$$(dirname $$(grep -rlE "^func $$t\(" --include=*_test.go . | head -1)); \
	  echo "$$t in $$pkg"; $(GO) test -run '^$$' -fuzz "^$$t\$$" -fuzztime 20s -fuzzminimizetime 20x $$pkg || exit 1; done

schema: ## prune the Shopify schema again, from the full one: make schema FULL=path/to/admin_2026-10.graphql.gz
	$(GO) run ./stages/load/shopify/shopifytest/prune -schema $(FULL) -out stages/load/shopify/shopifytest/admin_2026-10.pruned.graphql

check: ## format, vet, tidy
	test -z "$$(gofmt -l .)"
	$(GO) vet ./...
	$(GO) mod tidy -diff
