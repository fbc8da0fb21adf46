"""The Gradescope package, run as its container would run it."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from grading import gradescope, sandbox
from grading.cli import main
from grading.rubric import load_rubric
from tests.hidden.misconceptions import MISCONCEPTIONS
from tests.tools.helpers import SOLUTION

needs_bwrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")


@pytest.fixture(scope="module")
def container(tmp_path_factory):
    """The folders that Gradescope documents, with the package unpacked into `source`."""
    base = tmp_path_factory.mktemp("autograder")
    package = base / "package.zip"
    said = CliRunner().invoke(main, ["gradescope", str(package), "--seed", "7"])
    assert said.exit_code == 0, said.output
    with zipfile.ZipFile(package) as archive:
        archive.extractall(base / "source")
    for name in ("submission", "results"):
        (base / name).mkdir()
    return base


def autograde(base, source, *inside, without_bwrap=False):
    """Hand in a file and run the package's own module; returns results.json."""
    shutil.rmtree(base / "submission")
    folder = base.joinpath("submission", *inside)
    folder.mkdir(parents=True)
    if source is not None:
        (folder / "vae.py").write_text(source, encoding="utf-8")
    folder.chmod(0o700)
    environment, outside = dict(os.environ), []
    if without_bwrap:
        outside = everyone_may_look()
        programs = base / "programs"
        programs.mkdir(exist_ok=True)
        for name in ("setpriv", "sh"):
            if not (programs / name).exists():
                (programs / name).symlink_to(shutil.which(name))
        environment["PATH"] = str(programs)
        outside[:1] = [shutil.which("bwrap")] if outside else []
    done = subprocess.run(
        [*outside, sys.executable, "-m", "grading.gradescope", str(base)],
        cwd=base / "source", capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results = json.loads((base / "results" / "results.json").read_text(encoding="utf-8"))
    return results, done.stdout


def test_the_package_has_what_grading_needs_and_no_student(container):
    names = {
        p.relative_to(container / "source").as_posix() for p in (container / "source").rglob("*")
    }
    assert {"setup.sh", "run_autograder", "solutions/vae.py", "grading/rubric.toml"} <= names
    assert not any(name.startswith(("tests/tools", "docs", "benchmarks", ".")) for name in names)
    for script in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", container / "source" / script], check=True)
    setup = (container / "source" / "setup.sh").read_text()
    assert all(name in setup for name in ("scipy", "click", "jinja2"))


def test_the_scripts_speak_of_the_documented_folders(container):
    run = (container / "source" / "run_autograder").read_text()
    folders = set(re.findall(r"/autograder/(\w+)", run))
    assert folders == {"source", "submission", "results"}


@needs_bwrap
def test_the_solution_gets_full_marks_with_a_test_for_each_check(container):
    results, said = autograde(container, SOLUTION)
    assert results["score"] == load_rubric().automatic
    first, *checks = results["tests"]
    assert first["status"] == "passed"
    assert "score" not in first
    assert len(checks) > 40
    assert {check["visibility"] for check in checks} == {"after_due_date"}
    assert sum(check["max_score"] for check in checks) == pytest.approx(80, abs=0.1)
    assert results["extra_data"]["seed"] == 7
    assert results["extra_data"]["protection"].startswith("bubblewrap")
    assert "Protection in force: bubblewrap" in said
    assert results["stdout_visibility"] == "hidden"


@needs_bwrap
def test_a_mistake_costs_its_marks_and_its_hint_is_there(container):
    mistake = MISCONCEPTIONS[0]
    results, _ = autograde(container, mistake.put_into(SOLUTION), "handed", "in")
    assert results["score"] == 0  # two folders deep: nothing was found
    results, _ = autograde(container, mistake.put_into(SOLUTION), "handed_in")
    failed = [test for test in results["tests"] if test["status"] == "failed"]
    assert 0 < results["score"] < 80
    assert {test["name"].split(":")[0] for test in failed} == {mistake.exercise}
    assert any(mistake.hint in test["output"] for test in failed)


@needs_bwrap
@pytest.mark.parametrize(
    ("source", "word"), [(None, "one vae.py is expected"), ("import nothing_like_this", "nothing")]
)
def test_a_file_that_cannot_be_graded_says_so_at_once(container, source, word):
    results, _ = autograde(container, source)
    assert results["score"] == 0
    assert results["tests"][0]["visibility"] == "visible"
    assert results["tests"][0]["status"] == "failed"
    assert word in results["tests"][0]["output"]


NOSY = """

import os
LOOT = []
for top in ("source", "submission", "results"):
    for folder, _, names in os.walk({base!r} + "/" + top):
        LOOT.extend(names)
for name in ("solutions/vae.py", "tests/hidden/misconceptions.py", "grading/rubric.toml"):
    try:
        LOOT.append(open({base!r} + "/source/" + name).read(10))
    except OSError:
        pass
try:
    open({base!r} + "/results/results.json", "w").write("{{}}")
    LOOT.append("written")
except OSError:
    pass
if os.fork() == 0:
    import time
    while True:
        time.sleep(0.2)


def compute_KL(q_means_and_log_stds):
    raise ValueError(f"loot: {{len(LOOT)}}")
"""


def everyone_may_look():
    """The words of a command that runs a program where every user can reach this Python.

    As in Gradescope's container, which is root's alone: folders that only their owner may enter, a
    home with a Python in it for instance, are replaced by ones with nothing but that Python.
    """
    needed = [sys.base_prefix, *sandbox.package_folders()]
    folders = [folder for path in needed for folder in reversed(Path(path).parents)]
    closed = dict.fromkeys(folder for folder in folders if not folder.stat().st_mode & 0o001)
    words = ["bwrap", "--dev-bind", "/", "/", "--cap-add", "ALL"]
    for folder in closed:
        words += ["--perms", "0755", "--tmpfs", str(folder)]
        for path in (path for path in needed if folder in Path(path).parents):
            above = [p for p in reversed(Path(path).parents) if folder in p.parents]
            words += [word for p in above for word in ("--perms", "0755", "--dir", str(p))]
            words += ["--ro-bind", path, path]
    return words if closed else []


@needs_bwrap
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_without_namespaces_another_user_runs_the_file(container):
    container.parent.parent.chmod(0o755)
    container.parent.chmod(0o755)
    container.chmod(0o755)
    for name in ("source", "results"):
        (container / name).chmod(0o700)
    results, said = autograde(container, SOLUTION, without_bwrap=True)
    assert "Protection in force: a user of its own" in said
    assert results["score"] == load_rubric().automatic
    source = SOLUTION + NOSY.format(base=str(container))
    results, _ = autograde(container, source, without_bwrap=True)
    outputs = " ".join(test["output"] for test in results["tests"])
    assert "loot: 0" in outputs
    assert results["score"] == load_rubric().automatic - load_rubric().item("compute_KL").marks
    states = ["ps", "-o", "stat=", "-u", str(sandbox.FIRST_UID)]
    alive = subprocess.run(states, capture_output=True, text=True).stdout.split()
    assert [state for state in alive if state[0] != "Z"] == []
    assert not list(Path("/tmp").glob("vae-worker-*"))


def test_without_any_protection_nothing_is_run_and_nobody_is_blamed(container, monkeypatch):
    def refuse():
        raise sandbox.SandboxError("not here")

    monkeypatch.setattr(gradescope, "check_sandbox", refuse)
    monkeypatch.setattr(gradescope, "check_users", refuse)
    monkeypatch.setattr(gradescope, "ROOT", container / "source")
    gradescope.run(container)
    results = json.loads((container / "results" / "results.json").read_text())
    assert "not your fault" in results["output"]
    assert results["score"] == 0


def test_users_are_refused_where_they_could_read_the_solutions(monkeypatch):
    if os.geteuid() != 0:
        with pytest.raises(sandbox.SandboxError, match="must be root"):
            sandbox.check_users()
        return
    monkeypatch.setattr(sandbox, "unprivileged", lambda uid: [])  # root reads everything
    with pytest.raises(sandbox.SandboxError, match="chmod 700"):
        sandbox.check_users()
