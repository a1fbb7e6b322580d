# The front door: `make` lists what there is. Everything is done by cms/launch.py, with the standard library only.

PYTHON ?= python3
PORT ?= 8000
MARKS ?=
ONLY ?=

.DEFAULT_GOAL := help
.PHONY: help run dev test lint bench messages index elasticsearch test-elastic python

help: # this list
	@awk 'BEGIN { FS = ":.*# " } /^[a-z-]+:.*# / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: python # prepare everything and serve the site on 127.0.0.1:8000 (PORT=8001 for another port)
	@exec $(PYTHON) -m cms.launch run --port "$(PORT)"

dev: python # the same with debug pages and reloading, for work on the code
	@exec $(PYTHON) -m cms.launch dev --port "$(PORT)"

test: python # all tests (DATABASE_URL=postgres://... for PostgreSQL, ONLY=tests/search for some)
	@exec $(PYTHON) -m cms.launch test --marks "$(MARKS)" --only "$(ONLY)"

lint: python # everything that can be checked without running the site
	@exec $(PYTHON) -m cms.launch lint

bench: python # measure (ONLY=search for some)
	@exec $(PYTHON) -m cms.launch bench --only "$(ONLY)"

messages: python # collect the strings of the interface into locale/ and compile them
	@exec $(PYTHON) -m cms.launch messages

index: python # build the search index anew, while the site keeps answering
	@exec $(PYTHON) -m cms.launch index

elasticsearch: python # an Elasticsearch to try the second engine with, until Ctrl+C (needs Java 17)
	@exec $(PYTHON) -m cms.launch elasticsearch

test-elastic: python # the tests of the second engine, against a real Elasticsearch (needs Java 17)
	@exec $(PYTHON) -m cms.launch test-elastic --only "$(ONLY)"

python:
	@command -v $(PYTHON) > /dev/null || { echo "Python is missing: install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, this is $$($(PYTHON) -V 2>&1): name another one, as in make run PYTHON=python3.12" >&2; exit 1; }
