# Everything there is to type. Only Python 3.11 or newer and make are needed; each target installs what it lacks into .venv.

PYTHON ?=
KIKITE_DATA ?= data
SEED ?= 1
COMPANIES ?= 300
YEARS ?= 5

FIND_PYTHON = found=; for each in $(PYTHON) python3.13 python3.12 python3.11 python3.14 python3 python; do \
	if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found="$$each"; break; fi; done; \
	if [ -z "$$found" ]; then echo "Kikite needs Python 3.11 or newer, and none was found. / Python 3.11 以上が必要です。" >&2; \
	echo "Install it, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; fi

INSTALL = @$(FIND_PYTHON); "$$found" requirements/install.py
IN_VENV = .venv/bin/python
# As pages are served. Whatever comes before the server goes by it as well: compiling code leaves holes in memory, and what
# compiled it has ended when the server loads it.
AS_SERVED = $(IN_VENV) -OO -X no_debug_ranges

.DEFAULT_GOAL := help
.PHONY: help run test lint format reset journey simulate bench translations screenshots migration requirements sbom audit fuzz \
	install-run install-test install-proof lint-types lint-the-rest

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

install-run:
	$(INSTALL) run

install-test:
	$(INSTALL) test

install-proof:
	$(INSTALL) proof

run: install-run ## Start the demonstration on this machine (data is kept in ./data)
	@$(AS_SERVED) -m app translations
	@KIKITE_DATA='$(KIKITE_DATA)' $(AS_SERVED) -m app serve --demo

reset: install-run ## Empty the data folder, after asking
	@KIKITE_DATA='$(KIKITE_DATA)' $(IN_VENV) -m app reset

journey: install-run ## Drive consultations along the whole road: make journey FILE=… DATA=folder
	@if [ -z '$(FILE)' ] || [ -z '$(DATA)' ]; then \
	echo "Usage: make journey FILE=consultations.json DATA=folder" >&2; exit 2; fi
	@$(IN_VENV) -m app translations
	@$(IN_VENV) -m app journey '$(FILE)' '$(DATA)'

simulate: install-run ## Let an association live for years, day by day: make simulate SEED=1 COMPANIES=300 YEARS=5
	@$(IN_VENV) -m app simulate --seed '$(SEED)' --companies '$(COMPANIES)' --years '$(YEARS)'

test: lint ## Everything: lint, the suite on both databases, the browser
	@$(IN_VENV) -m app translations
	@$(IN_VENV) -m tests.support.run_suite

lint: install-test ## Lint, format, types, import contracts, templates
	@$(MAKE) --no-print-directory -j2 lint-types lint-the-rest

lint-types:
	$(IN_VENV) -m mypy --num-workers 2

lint-the-rest:
	$(IN_VENV) -m ruff check
	$(IN_VENV) -m ruff format --check
	.venv/bin/lint-imports --no-logo
	.venv/bin/djlint templates --lint --quiet

format: install-test ## Put Python into the house's form
	$(IN_VENV) -m ruff check --fix
	$(IN_VENV) -m ruff format

bench: install-test ## Measure against the floor, in one run
	@$(AS_SERVED) -m app translations
	@$(IN_VENV) -m benchmarks

translations: install-run ## Compile the words of each language
	@$(IN_VENV) -m app translations

screenshots: install-test ## Take the pictures of the README
	@$(IN_VENV) -m app translations
	@$(IN_VENV) -m tests.support.screenshots

migration: install-run ## Begin the next numbered migration: make migration NAME=…
	@if [ -z '$(NAME)' ]; then echo "Usage: make migration NAME=what_it_does" >&2; exit 2; fi
	@$(IN_VENV) -m app migrate --new '$(NAME)'

requirements: install-test ## Pin the ranges of pyproject.toml anew, with hashes
	@$(IN_VENV) requirements/pin.py

sbom: install-proof ## Write the bill of materials: make sbom FILE=bill-of-materials.json
	@$(IN_VENV) requirements/bill.py $(FILE)

audit: install-proof ## Ask what weaknesses are known of every library; fails when it could not ask
	@$(IN_VENV) -m requirements.audit

fuzz: install-proof ## Feed altered bytes to every sealed format: make fuzz SECONDS=3600
	@$(IN_VENV) -m tests.support.fuzz_formats $(or $(SECONDS),60)
