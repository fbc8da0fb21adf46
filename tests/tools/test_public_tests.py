"""The tests that students run, tested: on the solution, the stub, and every known mistake."""

import inspect
import subprocess

import numpy as np
import pytest

from support.messages import read_exercises
from tests.hidden.misconceptions import MISCONCEPTIONS
from tests.tools.helpers import ROOT, SOLUTION, load_file, load_source, python

PUBLIC = load_file(ROOT / "tests" / "public" / "test_vae.py", "public_tests")
TESTS = {name: test for name, test in inspect.getmembers(PUBLIC) if name.startswith("test_")}
EXERCISES = [exercise.name for exercise in read_exercises(ROOT / "vae.py")]


def failures(vae):
    """The names of the public tests that fail for this module."""
    failed = []
    for name, test in TESTS.items():
        try:
            with np.errstate(all="ignore"):  # wrong formulas may take the log of 0
                test(vae)
        except (Exception, pytest.fail.Exception):
            failed.append(name)
    return failed


def test_the_solution_passes_all_of_them_every_time(tmp_path):
    vae = load_source(SOLUTION, tmp_path)
    for _ in range(20):
        assert failures(vae) == []


def test_every_exercise_has_tests():
    assert len(EXERCISES) == 9
    for exercise in EXERCISES:
        assert any(name.startswith(f"test_{exercise}") for name in TESTS), exercise
    assert all(any(name.startswith(f"test_{e}") for e in EXERCISES) for name in TESTS)


def test_on_the_stub_every_test_fails_as_not_implemented_yet():
    run = subprocess.run(
        python("-m", "pytest", "tests/public", "-q", "-rN"),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert f"{len(TESTS)} failed" in run.stdout
    assert "passed" not in run.stdout
    assert run.stdout.count("not implemented yet") == len(TESTS)


def test_tests_are_chosen_by_the_name_of_the_function():
    run = subprocess.run(
        python("-m", "pytest", "-k", "compute_KL", "-q", "--vae=solutions/vae.py"),
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
    assert f"{len([t for t in TESTS if 'compute_KL' in t])} passed" in run.stdout


@pytest.mark.parametrize("mistake", MISCONCEPTIONS, ids=lambda mistake: mistake.name)
def test_every_known_mistake_fails_a_test_of_its_function(mistake, tmp_path):
    failed = failures(load_source(mistake.put_into(SOLUTION), tmp_path))
    assert any(name.startswith(f"test_{mistake.exercise}") for name in failed)
