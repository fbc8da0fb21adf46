"""The optional exercises: each solution, stub and known mistake, through the grader."""

import json
import re
import shutil
import subprocess
from itertools import zip_longest

import numpy as np
import pytest

from grading.grade import entry_of, grade, grade_module
from grading.hints import bank
from grading.rubric import load_rubric
from grading.stubs import import_students_vae
from solutions.elbo_forms import elbo_forms
from support import linear_gaussian
from support.messages import launch, read_exercises
from tests.tools.helpers import ROOT, SOLUTION, python, replace

VAE = (ROOT / "vae.py").read_text(encoding="utf-8")
NAMES = [item.id for item in load_rubric().bonus]

needs_bwrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
each_extension = pytest.mark.parametrize("name", NAMES)


def solution(name):
    """The solution as a student would write it, into the stub."""
    source = (ROOT / "solutions" / f"{name}.py").read_text(encoding="utf-8")
    return import_students_vae(source)


def bonus(name, source, vae=VAE, seed=0):
    """What an extension's file gets, beside this `vae.py`."""
    item, sources = load_rubric().item(name), {"vae": vae.encode(), name: source.encode()}
    _, _, records = grade_module(name, [item], sources, seed, 0, "bubblewrap")
    return entry_of(item, records)


@needs_bwrap
@each_extension
def test_the_solution_gets_all_marks_whatever_the_seed(name):
    for seed in range(3):
        entry = bonus(name, solution(name), seed=seed)
        assert {c["outcome"] for c in entry["checks"]} == {"passed"}, entry
        assert entry["points"] == entry["max_points"]


@needs_bwrap
@each_extension
def test_the_stub_is_not_counted_and_a_touched_one_gets_nothing(name):
    stub = (ROOT / "extensions" / f"{name}.py").read_text(encoding="utf-8")
    assert grade({"vae": VAE.encode(), name: stub.encode()})["bonus"] == []
    entry = bonus(name, stub + "\n")
    assert {c["outcome"] for c in entry["checks"]} == {"not implemented"}


def rounds(name):
    """The mistakes of an extension, one of each function at a time: a list of lists."""
    exercises = [e.name for e in read_exercises(ROOT / "solutions" / f"{name}.py")]
    columns = [[m for m in bank(name).values() if m.exercise == e] for e in exercises]
    return [[m for m in row if m] for row in zip_longest(*columns)]


@needs_bwrap
@each_extension
def test_every_mistake_costs_checks_of_its_function_alone_and_is_named(name):
    for mistakes in rounds(name):
        source = solution(name)
        for mistake in mistakes:
            source = mistake.put_into(source)
        lost = [c for c in bonus(name, source)["checks"] if c["outcome"] != "passed"]
        for check in lost:
            assert any(m.exercise in check["name"] for m in mistakes), check
        for m in mistakes:
            hints = {check["hint"] for check in lost if m.exercise in check["name"]}
            assert m.hint in hints, (m.name, hints)


@each_extension
def test_every_exercise_has_mistakes_and_tests(name):
    exercises = {e.name for e in read_exercises(ROOT / "solutions" / f"{name}.py")}
    assert {mistake.exercise for mistake in bank(name).values()} == exercises
    for folder in ("hidden", "public"):
        tests = (ROOT / "tests" / folder / f"test_{name}.py").read_text(encoding="utf-8")
        assert all(f"def test_{exercise}_" in tests for exercise in exercises), folder
    assert len((ROOT / "solutions" / f"{name}.py").read_text().splitlines()) <= 150


def test_public_tests_pass_on_the_solutions_and_are_skipped_on_the_stubs():
    files = [f"tests/public/test_{name}.py" for name in NAMES]
    for option, wanted in (("--vae=solutions/vae.py", "passed"), ("--vae=vae.py", "skipped")):
        run = subprocess.run(
            python("-m", "pytest", "-q", "-rN", option, *files),
            cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        assert run.returncode == 0, run.stdout
        assert run.stdout.splitlines()[-1].split()[1::2][0] in (wanted, f"{wanted},"), run.stdout


def test_an_unfinished_extension_names_its_next_exercise():
    name = NAMES[0]
    run = subprocess.run(
        python("-m", f"extensions.{name}"), cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert "Task E1." in run.stderr
    assert "python -m pytest -k gaussian_KL" in run.stderr
    assert "Traceback" not in run.stderr


def test_an_error_of_autograd_is_not_taken_for_an_unwritten_exercise(capsys):
    source = "def main():\n    raise NotImplementedError('VJP of f wrt argnum 0 not defined')\n"
    names = {}
    exec(compile(source, ROOT / "vae.py", "exec"), names)
    with pytest.raises(SystemExit) as stop:
        launch(names["main"])
    assert "Next" not in str(stop.value)
    assert "VJP of f" in capsys.readouterr().err


@needs_bwrap
def test_an_extension_may_use_the_functions_that_its_student_has_written():
    name, source = NAMES[0], solution(NAMES[0])
    source = replace(source, "def gaussian_KL(", "def gaussian_KL_(")
    source += "\nimport vae\nprobe = vae.compute_KL(np.zeros((1, 2)))\ngaussian_KL = gaussian_KL_\n"
    assert bonus(name, source, vae=SOLUTION)["points"] == 5
    assert bonus(name, source)["points"] == 0  # theirs is not written


@needs_bwrap
def test_a_bad_extension_costs_nothing_and_all_reports_name_it(tmp_path):
    for student, source in {
        "bad": "import os\nos._exit(0)\n",
        "good": solution(NAMES[0]),
        "none": None,
    }.items():
        folder = tmp_path / "in" / student / "extensions"
        folder.mkdir(parents=True)
        (folder.parent / "vae.py").write_text(SOLUTION)
        if source:
            (folder / f"{NAMES[0]}.py").write_text(source)
    words = ("grade", tmp_path / "in", "--output", tmp_path / "out")
    subprocess.run(python("-m", "grading", *words), cwd=ROOT, check=True, capture_output=True)
    results = {
        name: json.loads((tmp_path / "out" / f"{name}.json").read_text())
        for name in ("bad", "good", "none")
    }
    assert {name: r["score"] for name, r in results.items()} == dict.fromkeys(results, 80)
    assert {name: r["bonus_score"] for name, r in results.items()} == {
        "bad": 0, "good": 5, "none": 0,
    }  # fmt: skip
    rows = (tmp_path / "out" / "gradebook.csv").read_text().splitlines()
    assert rows[0].split(",")[-len(NAMES) - 1 :] == [*NAMES, "bonus"]
    assert [row.split(",")[-1] for row in rows[1:]] == ["0", "5", "0"]
    assert "5 of 5" in (tmp_path / "out" / "good.md").read_text()
    assert "ended the Python process" in (tmp_path / "out" / "bad.md").read_text()
    assert NAMES[0] in (tmp_path / "out" / "class.html").read_text()
    assert "Optional" not in (tmp_path / "out" / "none.md").read_text()


def test_the_table_of_methods_names_every_exercise_and_nothing_else():
    table = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", table.replace("`neural_net_predict` (given)", "")))
    written = set()
    for path in (ROOT / "solutions").glob("*.py"):
        written |= {exercise.name for exercise in read_exercises(path)}
    assert named | {"initialize_adam"} == written


def test_three_forms_of_the_elbo_agree_for_any_q():
    random = np.random.default_rng(0)
    W, mu, x = random.normal(size=(5, 3)), random.normal(size=5), random.normal(size=(7, 5))
    A = random.normal(size=(3, 3))
    forms = elbo_forms(W, mu, 0.4, x, random.normal(size=(7, 3)), A @ A.T + np.eye(3))
    np.testing.assert_allclose(forms, forms[0], rtol=0, atol=1e-10)
    q = linear_gaussian.posterior(W, mu, 0.4, x)
    exact = np.mean(linear_gaussian.log_marginal(W, mu, 0.4, x))
    np.testing.assert_allclose(elbo_forms(W, mu, 0.4, x, *q), exact, rtol=0, atol=1e-10)
