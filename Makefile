PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin

.PHONY: run test lint clean

# Train the reference solution for a short while on whatever data are to be had, and draw.
run: $(VENV)/student
	$(BIN)/python -m solutions.vae --quick

test: $(VENV)/instructor
	$(BIN)/python -m pytest tests/tools

lint: $(VENV)/instructor
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

$(VENV)/student: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@

$(VENV)/instructor: requirements-instructor.txt $(VENV)/student
	$(BIN)/python -m pip install --quiet --requirement requirements-instructor.txt
	touch $@

clean:
	rm -rf $(VENV) results
