# What CI runs, by name. `make check` is all of it.
.PHONY: build test lint check example

build:
	swift build

test:
	sh .ci/test

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

check: test lint

example:
	sh Examples/run
