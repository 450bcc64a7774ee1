# What CI runs, by name. `make check` is all of it.
.PHONY: build test lint check example

build:
	swift build

test:
	swift test

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

check: test lint

example:
	swift run probity check --policy core --as-of 2026-06-30 --waivers Examples/waivers.yaml Examples/providers.yaml
