"""What students get: the bundle, its zip, and the notebook edition."""

import ast
import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from grading.cli import main
from grading.release import NAME, ReleaseError, find_leaks, release, secret_lines, write_bundle
from support import notebook
from support.notebook import HISTORY, CellError, make_notebook, put_function
from tests.tools.helpers import ROOT, SOLUTION, python

STUB = (ROOT / "vae.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The bundle, unpacked from its zip into an empty folder."""
    folder = tmp_path_factory.mktemp("release")
    archive = release(ROOT, folder)[1]
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder / "unpacked")
    return folder / "unpacked" / NAME


@pytest.fixture
def project(tmp_path):
    """A copy of what a bundle is made from."""
    ignored = shutil.ignore_patterns(".*", "__pycache__", "tools", "results")
    return Path(shutil.copytree(ROOT, tmp_path / "project", ignore=ignored))


def test_the_bundle_holds_these_files_and_no_others(bundle):
    names = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    top = {name for name in names if "/" not in name}
    assert top == {
        "LICENSE",
        "README.md",
        "report_template.md",
        "requirements.txt",
        "vae.ipynb",
        "vae.py",
    }
    folders = {name.split("/")[0] for name in names} - top
    assert folders <= {"data", "docs", "extensions", "support", "tests"}
    assert {"tests/conftest.py", "tests/test_vae.py", "data/mnist.py", "support/run.py"} <= names
    assert all(re.match(r"docs/pictures/\w+\.png", name) for name in names if name[:4] == "docs")


def test_what_the_readme_of_the_bundle_names_is_there(bundle):
    readme = (bundle / "README.md").read_text(encoding="utf-8")
    assert "nstructor" not in readme
    assert "solutions" not in readme
    for name in re.findall(r"\]\(([^)#]+)\)", readme):
        assert name.startswith("http") or (bundle / name).exists(), name


def test_the_same_input_gives_the_same_bytes(tmp_path):
    digests = set()
    for name in ("one", "two"):
        archive = release(ROOT, tmp_path / name)[1]
        digests.add(hashlib.sha256(archive.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_in_the_bundle_the_tests_and_the_program_say_what_is_not_written(bundle):
    tests = subprocess.run(
        python("-m", "pytest", "-q", "-p", "no:cacheprovider"),
        cwd=bundle, capture_output=True, text=True,
    )  # fmt: skip
    assert "not implemented yet" in tests.stdout
    assert "passed" not in tests.stdout
    program = subprocess.run(
        python("vae.py", "--quick", "--data", "subset"), cwd=bundle, capture_output=True, text=True
    )
    assert "sample_latent_variables_from_posterior" in program.stdout + program.stderr


def leak_in(project, name, text):
    """What making a bundle says after this text has been added to a file."""
    path = project / name
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    with pytest.raises(ReleaseError, match="give answers away") as caught:
        write_bundle(project, project / "out")
    assert not (project / "out").exists()
    return str(caught.value)


def test_a_line_of_a_solution_is_found_wherever_it_is(project):
    line = "step = learning_rate * root / (1 - beta_1**t) * m / (np.sqrt(v) + root * epsilon)"
    said = leak_in(project, "support/curve.py", f"\n# {line}\n\n\ndef f(m):\n        {line}\n")
    assert "support/curve.py" in said
    assert "a line of vae.py" in said


def test_hidden_tests_misconceptions_and_criteria_are_secret():
    sources = set(secret_lines(ROOT).values())
    assert {"test_compute_KL.py", "misconceptions.py", "checks.py", "rubric.toml"} <= sources


def test_every_line_of_every_solution_is_secret_unless_it_is_given_elsewhere():
    secret = secret_lines(ROOT)
    assert "return -np.sum(np.logaddexp(0, (1 - 2 * targets) * logits), axis=-1)" in secret
    assert sum(name == "vae.py" for name in secret.values()) >= 15


def test_a_leak_inside_the_notebook_is_found(bundle, tmp_path):
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    assert find_leaks(ROOT, copy) == []
    data = json.loads((copy / "vae.ipynb").read_text(encoding="utf-8"))
    data["cells"][3]["source"] += "\n    return np.zeros_like(params), np.zeros_like(params)\n    "
    (copy / "vae.ipynb").write_text(json.dumps(data), encoding="utf-8")
    assert [leak.split(":")[0] for leak in find_leaks(ROOT, copy)] == ["vae.ipynb"]


def test_a_stale_stub_is_not_released(project):
    path = project / "vae.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n# edited by hand\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"not up to date: vae\.py"):
        write_bundle(project, project / "out")


def test_files_that_are_not_on_the_list_stay_at_home(project):
    (project / "data" / "marks.csv").write_text("anna,80\n")
    (project / "notes.md").write_text("exam on Friday\n")
    (project / "vae.ipynb").write_text("{}")
    write_bundle(project, project / "out")
    assert not list((project / "out").rglob("marks.csv"))
    assert not (project / "out" / "notes.md").exists()


def test_the_command_writes_both_and_says_so(tmp_path):
    said = CliRunner().invoke(main, ["release", str(tmp_path / "here")])
    assert said.exit_code == 0, said.output
    assert f"{NAME}.zip" in said.output
    assert (tmp_path / "here" / NAME / "vae.py").read_text(encoding="utf-8") == STUB


# The notebook edition.


def solution_of(name):
    """The text of a function of the solution."""
    node = next(n for n in ast.parse(SOLUTION).body if getattr(n, "name", "") == name)
    return "\n".join(SOLUTION.splitlines()[node.lineno - 1 : node.end_lineno])


@pytest.fixture
def vae(tmp_path):
    """A stub to write into."""
    path = tmp_path / "vae.py"
    path.write_text(STUB, encoding="utf-8")
    return path


def test_the_notebook_has_a_cell_for_every_task_and_is_valid(vae):
    nbformat = pytest.importorskip("nbformat")
    data = make_notebook(vae)
    nbformat.validate(nbformat.from_dict(data))
    tasks = [c["source"] for c in data["cells"] if c["source"].startswith("%%task\n")]
    assert len(tasks) == 9
    assert all("raise NotImplementedError" in source for source in tasks)


def test_cells_with_all_solutions_make_the_file_that_the_solution_is(vae):
    for cell in make_notebook(vae)["cells"]:
        if cell["source"].startswith("%%task\n"):
            name = next(iter(notebook.functions_of(cell["source"].partition("\n")[2])))
            assert put_function(vae, solution_of(name) + "\n\n") == name
    assert ast.dump(ast.parse(vae.read_text(encoding="utf-8"))) == ast.dump(ast.parse(SOLUTION))
    assert not (vae.parent / HISTORY).exists()  # only stubs were replaced


def test_a_version_that_is_replaced_is_kept(vae):
    put_function(vae, "def compute_KL(x):\n    return 'first'")
    put_function(vae, "def compute_KL(x):\n    return 'second'")
    put_function(vae, "def compute_KL(x):\n    return 'second'")
    assert (vae.parent / HISTORY).read_text(encoding="utf-8").count("'first'") == 1
    assert "'second'" not in (vae.parent / HISTORY).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "code",
    [
        "x = 1",
        "",
        "import os\n\ndef compute_KL(x):\n    return x",
        "def my_own(x):\n    return x",
        "def compute_KL(x):\n  return (",
        "class compute_KL:\n    pass",
    ],
)
def test_a_cell_that_is_not_one_function_of_the_file_changes_nothing(vae, code):
    with pytest.raises(CellError):
        put_function(vae, code)
    assert vae.read_text(encoding="utf-8") == STUB


def test_the_magic_writes_the_function_and_shows_its_tests(bundle, tmp_path, monkeypatch, capsys):
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    monkeypatch.chdir(copy)
    magics = {}

    class Shell:
        def register_magic_function(self, function, kind, name):
            magics[kind, name] = function

    notebook.load_ipython_extension(Shell())
    task = magics["cell", "task"]
    task("", solution_of("compute_KL"))
    said = capsys.readouterr().out
    assert "compute_KL is now in vae.py" in said
    assert re.search(r"\d passed", said)
    assert "failed" not in said
    task("", "nonsense(")
    assert "Nothing was written" in capsys.readouterr().out
