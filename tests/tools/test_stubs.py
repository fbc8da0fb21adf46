"""The generator of the students' files."""

import ast

import pytest
from click.testing import CliRunner

from grading.cli import main
from grading.stubs import MarkerError, find_regions, make_stub, write_stubs
from tests.tools.helpers import ROOT, SOLUTION

FUNCTION = '''def f(x):
    """Task 1.2: double it."""
    # a hint that stays
    ### BEGIN SOLUTION
    secret = 2
    return secret * x
    ### END SOLUTION


after = 1
'''


def test_committed_stubs_are_up_to_date():
    assert write_stubs(ROOT, dry_run=True) == [], "run `python -m grading stubs`"


def test_a_region_becomes_one_line_that_names_the_task():
    stub = make_stub(FUNCTION, "f.py")
    assert '    raise NotImplementedError("Task 1.2: f")\n\n\nafter = 1\n' in stub
    assert "a hint that stays" in stub
    assert "secret" not in stub
    assert "SOLUTION" not in stub


def test_the_stub_of_the_practical_has_nine_unwritten_functions_and_no_line_of_a_solution():
    stub = (ROOT / "vae.py").read_text(encoding="utf-8")
    assert stub.count("raise NotImplementedError") == 9
    lines = SOLUTION.splitlines()
    for begin, end in find_regions(SOLUTION, "vae.py"):
        for line in lines[begin : end - 1]:
            outside = [x for x in lines[: begin - 1] + lines[end:] if x == line]
            assert outside or line not in stub.splitlines()


def test_everything_outside_the_regions_passes_through():
    before, after = (
        [ast.dump(node.args) + (ast.get_docstring(node) or "") for node in ast.parse(text).body
         if isinstance(node, ast.FunctionDef)]
        for text in (SOLUTION, make_stub(SOLUTION, "vae.py"))
    )  # fmt: skip
    assert before == after


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        (
            "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION\n",
            2,
            "inside the one of line 1",
        ),
        ("x = 1\n### END SOLUTION\n", 2, "without BEGIN"),
        ("x = 1\n\n### BEGIN SOLUTION\n", 3, "without END"),
        ("### BEGIN SOLUTION\n### END SOLUTION\n", 1, "must be inside a function"),
        (FUNCTION.replace("Task 1.2", "Exercise"), 4, "must be inside a function"),
    ],
)
def test_markers_that_do_not_match_up_are_an_error_with_file_and_line(source, line, what):
    with pytest.raises(MarkerError, match=rf"^f\.py:{line}: .*{what}"):
        make_stub(source, "f.py")


def test_the_command_writes_stubs_and_its_check_finds_stale_ones(tmp_path, monkeypatch):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "vae.py").write_text(FUNCTION)
    (tmp_path / "solutions" / "more.py").write_text(FUNCTION)
    monkeypatch.setattr("grading.cli.ROOT", tmp_path)
    run = CliRunner().invoke
    assert run(main, ["stubs", "--check"]).exit_code == 1
    assert "wrote vae.py" in run(main, ["stubs"]).output
    assert (tmp_path / "extensions" / "more.py").exists()
    assert run(main, ["stubs", "--check"]).exit_code == 0
    (tmp_path / "solutions" / "vae.py").write_text("### BEGIN SOLUTION\n")
    broken = run(main, ["stubs"])
    assert broken.exit_code == 1
    assert "vae.py:1" in broken.output
