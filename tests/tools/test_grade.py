"""Grading a class: marks, files, interruptions."""

import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from grading import sandbox, wire
from grading.cli import main
from grading.grade import find_submissions, grade, grade_all
from grading.report import discrimination, feedback
from grading.rubric import PATH, RubricError, load_rubric
from grading.stubs import find_regions
from tests.hidden.misconceptions import MISCONCEPTIONS
from tests.tools.helpers import ROOT, SOLUTION, python, replace

needs_bwrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
STUB = (ROOT / "vae.py").read_text(encoding="utf-8")


def put(folder, name, source, *inside):
    """Hand in a file for a student."""
    path = folder.joinpath(name, *inside, "vae.py")
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")


@pytest.fixture
def submissions(tmp_path):
    """A small class: right, unfinished, wrong, broken, and nothing at all."""
    folder = tmp_path / "submissions"
    put(folder, "anna", SOLUTION)
    put(folder, "ben", STUB, "vae-practical")
    put(
        folder,
        "chloe",
        next(m for m in MISCONCEPTIONS if m.name == "half_is_missing").put_into(SOLUTION),
    )
    put(folder, "dan", "import os\nos._exit(0)\n")
    put(folder, "Ähm, Eva=1+1", SOLUTION)
    (folder / "fay").mkdir()
    return folder


def run(*words):
    """Run a grading command in this process."""
    return CliRunner().invoke(main, ["grade", *map(str, words)])


def contents(folder):
    """All files of a folder, by name."""
    return {p.name: p.read_bytes() for p in Path(folder).iterdir()}


# Marks ------------------------------------------------------------------------------------------


@needs_bwrap
@pytest.mark.parametrize("seed", range(10))
def test_the_solution_gets_all_marks_whatever_the_seed(seed):
    result = grade({"vae": SOLUTION.encode()}, seed)
    assert (result["score"], result["max_score"]) == (80, 80)
    assert {c["outcome"] for item in result["items"] for c in item["checks"]} == {"passed"}


@needs_bwrap
def test_the_stub_gets_none_and_is_told_that_it_is_not_implemented():
    result = grade({"vae": STUB.encode()})
    assert result["score"] == 0
    assert {c["outcome"] for i in result["items"] for c in i["checks"]} == {"not implemented"}


@needs_bwrap
def test_one_finished_function_of_an_unfinished_file_gets_its_marks():
    source = replace(
        STUB,
        '    raise NotImplementedError("Task 1.3: compute_KL")',
        "    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)",
    )
    points = {item["id"]: item["points"] for item in grade({"vae": source.encode()})["items"]}
    assert {name for name, p in points.items() if p} == {"compute_KL"}
    assert points["compute_KL"] == 12


@needs_bwrap
def test_a_right_result_is_not_lost_to_warnings_or_prints():
    noisy = "import warnings\nprint('x' * 10**6)\nwarnings.warn('old')\n" + SOLUTION
    assert grade({"vae": noisy.encode()})["score"] == 80


def test_the_check_weights_of_every_item_give_whole_marks():
    weights = {}
    for path in (ROOT / "tests" / "hidden").glob("test_*.py"):
        found = re.findall(r"check\(weight=(\d+)\)", path.read_text())
        weights[path.stem.removeprefix("test_")] = sum(map(int, found))
    assert weights.keys() == {item.id for item in load_rubric().items + load_rubric().bonus}
    for item in load_rubric().items:
        assert weights[item.id] == item.marks


def test_the_marks_in_the_readme_are_those_of_the_rubric():
    table = re.findall(r"\| [E\d.]+ \| `(\w+)` .*\| (\d+) \|", (ROOT / "README.md").read_text())
    assert {name: int(marks) for name, marks in table} == {
        item.id: item.marks for item in load_rubric().items + load_rubric().bonus
    }


def test_the_report_template_has_a_heading_for_every_report_item():
    headings = re.findall(r"^## (.+)$", (ROOT / "report_template.md").read_text(), re.MULTILINE)
    assert headings == [item.title for item in load_rubric().report]


# Rubric -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("total = 100", "total = 99", 5, "add up to 100"),
        ("marks = 14", "marks = -1", 14, "whole number above 0"),
        ("marks = 14", "", 14, "missing or unknown here: marks"),
        ('id = "compute_KL"', 'id = "compute_kl"', 21, "no test_compute_kl.py"),
        ('id = "why_start"', 'id = "why_noise"', 107, "stands twice"),
        ("marks = 14", "marks = ", 19, "Invalid value"),
    ],
)
def test_an_inconsistent_rubric_is_refused_with_the_line(tmp_path, old, new, line, what):
    path = tmp_path / "rubric.toml"
    path.write_text(replace(PATH.read_text(), old, new))
    with pytest.raises(RubricError) as error:
        load_rubric(path, ROOT / "tests" / "hidden")
    assert what in str(error.value)
    assert f"rubric.toml:{line}:" in str(error.value)


# Files ------------------------------------------------------------------------------------------


@needs_bwrap
def test_a_class_gets_results_gradebook_feedback_and_a_page(submissions, tmp_path):
    output = tmp_path / "results"
    said = run(submissions, "--output", output)
    assert said.exit_code == 0, said.output
    assert "6 of 6 graded" in said.output
    results = {p.stem: json.loads(p.read_text()) for p in output.glob("*.json")}
    assert {r["student"]: (r["status"], r["score"]) for r in results.values()} == {
        "anna": ("graded", 80),
        "ben": ("graded", 0),
        "chloe": ("graded", results["chloe"]["score"]),
        "dan": ("import failed", 0),
        "Ähm, Eva=1+1": ("graded", 80),
        "fay": ("unreadable", 0),
    }
    assert 60 < results["chloe"]["score"] < 80
    with open(output / "gradebook.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["student"] for row in rows] == sorted(os.listdir(submissions))
    assert rows[0]["compute_KL"] == "12"
    page = (output / "class.html").read_text(encoding="utf-8")
    assert "Ähm, Eva=1+1" in page
    assert "http" not in page.replace("http-equiv", "")
    for result in results.values():
        text = feedback(result)
        assert f"of {result['max_score']}" in text
        assert result["status"] == "graded" or result["status"] in text
    assert "The factor 1/2 of eq. 12 is missing" in feedback(results["chloe"])


@needs_bwrap
def test_feedback_and_results_hold_no_solution_no_path_and_no_inside_of_a_check(tmp_path):
    lines = SOLUTION.splitlines()
    secrets = [
        line.strip()
        for begin, end in find_regions(SOLUTION, "vae.py")
        for line in lines[begin : end - 1]
        if len(line.strip()) > 12
    ]
    for mistake in MISCONCEPTIONS[::12]:
        result = grade({"vae": mistake.put_into(SOLUTION).encode()})
        text = json.dumps(result) + feedback({"student": "x", **result})
        assert not [secret for secret in secrets if secret in text]
        assert str(ROOT) not in text
        assert "Traceback" not in text
        assert "array(" not in text


@needs_bwrap
def test_what_has_not_changed_is_not_graded_again(submissions, tmp_path):
    output = tmp_path / "results"
    run(submissions, "--output", output)
    before = {p.name: p.stat().st_mtime_ns for p in output.glob("*.json")}
    (submissions / "ben" / "vae-practical" / "vae.py").write_text(SOLUTION)
    run(submissions, "--output", output)
    after = {p.name: p.stat().st_mtime_ns for p in output.glob("*.json")}
    assert [name for name in after if after[name] != before[name]] == ["ben.json"]
    assert json.loads((output / "ben.json").read_text())["score"] == 80
    run(submissions, "--output", output, "--only", "anna", "--force")
    assert (output / "anna.json").stat().st_mtime_ns > after["anna.json"]
    run(submissions, "--output", output, "--seed", 3, "--only", "anna")
    assert json.loads((output / "anna.json").read_text())["seed"] == 3


@needs_bwrap
def test_the_number_of_processes_changes_nothing(submissions, tmp_path):
    for jobs in (1, 3):
        run(submissions, "--output", tmp_path / str(jobs), "--jobs", jobs)
    assert contents(tmp_path / "1") == contents(tmp_path / "3")


@needs_bwrap
def test_killed_at_random_moments_and_started_again_it_ends_with_the_same_results(
    submissions, tmp_path
):
    run(submissions, "--output", tmp_path / "whole")
    moments = random.Random(0)
    words = python("-m", "grading", "grade", submissions, "--output", tmp_path / "torn")
    for _ in range(20):
        process = subprocess.Popen(
            words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(moments.uniform(0.3, 2.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for path in (tmp_path / "torn").glob("[!.]*.json"):
            json.loads(path.read_text())
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    assert contents(tmp_path / "whole") == {
        name: data for name, data in contents(tmp_path / "torn").items() if name[0] != "."
    }
    deadline = time.monotonic() + 10
    while left_running() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left_running()


def left_running():
    """Command lines of workers, and of grading processes whose parent is gone."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        orphan = "multiprocessing.spawn" in line and parent_of(path.parent) == 1
        if "grading/worker.py" in line or orphan:
            found.append(line)
    return found


def parent_of(folder):
    """The parent of a process, from its folder in /proc; None if it has ended."""
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


@needs_bwrap
def test_a_grading_process_that_dies_loses_nobody(submissions, tmp_path):
    def kill_one():
        """Kill a process of the pool once it has begun to grade."""
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if b"spawn_main" in path.read_bytes() and parent_of(path.parent) == os.getpid():
                    os.kill(int(path.parent.name), signal.SIGKILL)
                    return
            except OSError:
                continue

    results = {}
    for name, result in grade_all(find_submissions(submissions), tmp_path / "results", jobs=2):
        if not results:
            kill_one()
        results[name] = result
    assert sorted(results) == sorted(os.listdir(submissions))
    assert results["anna"]["score"] == 80


@needs_bwrap
def test_a_dask_cluster_grades_the_same_even_if_a_worker_is_killed(submissions, tmp_path):
    from distributed import LocalCluster

    plain = dict(grade_all(find_submissions(submissions), tmp_path / "plain"))
    results = []
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        pid = next(iter(cluster.workers.values())).pid
        for name, result in grade_all(
            find_submissions(submissions), tmp_path / "dask", dask=cluster.scheduler_address
        ):
            if not results:
                os.kill(pid, signal.SIGKILL)
            results.append((name, result))
    assert len(results) == len(plain)
    assert dict(results) == plain


# The command and its sandbox --------------------------------------------------------------------


def test_without_bubblewrap_it_refuses_and_says_what_to_install(submissions, tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    said = run(submissions, "--output", tmp_path / "results")
    assert said.exit_code == 1
    assert "apt install bubblewrap" in said.output
    assert "--unsandboxed" in said.output
    assert not (tmp_path / "results").exists()


def test_unsandboxed_grades_the_same_and_says_what_is_lost(submissions, tmp_path):
    shutil.rmtree(submissions / "dan")
    said = run(submissions, "--output", tmp_path / "open", "--unsandboxed")
    assert said.exit_code == 0, said.output
    assert "can read every file" in said.output
    scores = {
        p.stem: json.loads(p.read_text())["score"] for p in (tmp_path / "open").glob("*.json")
    }
    assert (scores["anna"], scores["ben"]) == (80, 0)


def test_a_folder_without_students_is_an_error(tmp_path):
    said = run(tmp_path, "--output", tmp_path / "results")
    assert said.exit_code == 1
    assert "NAME/vae.py" in said.output


@needs_bwrap
def test_the_hidden_tests_run_alone_with_pytest():
    done = subprocess.run(
        python("-m", "pytest", "tests/hidden", "--submission", "vae.py", "-q"),
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "not implemented" in done.stdout
    assert "passed" not in done.stdout


@needs_bwrap
def test_verdicts_do_not_depend_on_the_accelerations(tmp_path, monkeypatch):
    mistake = next(m for m in MISCONCEPTIONS if m.name == "mean_squared_twice")
    for source in (SOLUTION, mistake.put_into(SOLUTION)):
        fast = grade({"vae": source.encode()})
        monkeypatch.setitem(sandbox.ENVIRONMENT, "VAE_PLAIN_AUTOGRAD", "1")
        assert grade({"vae": source.encode()}) == fast
        monkeypatch.delitem(sandbox.ENVIRONMENT, "VAE_PLAIN_AUTOGRAD")


def test_discrimination_is_the_correlation_with_the_rest():
    points = np.array([[1.0, 1, 0], [2, 2, 0], [3, 3, 0], [4, 3, 0]])
    got = discrimination(points)
    assert got[0] == pytest.approx(np.corrcoef(points[:, 0], points[:, 1])[0, 1])
    assert np.isnan(got[2])


# The wire ---------------------------------------------------------------------------------------

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def through(value):
    """A value after its way over the wire."""
    message = wire.pack(value)
    header, _ = wire.LENGTHS.unpack(message[: wire.LENGTHS.size])
    rest = message[wire.LENGTHS.size :]
    return wire.unpack(rest[:header], rest[header:])


@given(PLAIN)
def test_plain_data_arrive_as_they_were_sent(value):
    def small(x):  # integers beyond 64 bits become floats
        return float(x) if type(x) is int and abs(x) >= 1 << 63 else x

    if type(value) is int:
        value = small(value)
    if "1000000000000000000" not in str(value):
        assert through(value) == value


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "i8", "u1", "?"])
@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (1, 0, 2)])
def test_arrays_arrive_with_type_and_shape(dtype, shape):
    array = np.ones(shape, dtype)
    got = through([array])[0]
    assert got.dtype == array.dtype
    assert got.shape == array.shape
    assert np.array_equal(got, array)


@pytest.mark.parametrize(
    "value",
    [object(), (x for x in ()), np.array([None]), np.array(["a"]), 1j, {1, 2}, np.zeros(2, "V3")],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_data_cannot_be_sent(value):
    with pytest.raises(wire.WireError):
        wire.pack(value)


@given(st.binary(), st.binary())
def test_any_bytes_are_a_message_or_an_error(header, payload):
    with pytest.raises(wire.WireError):
        wire.unpack(b"x" + header, payload)


@pytest.mark.parametrize(
    "header",
    [
        b'{"value": {"array": 0}, "arrays": [["<f8", [1000000000, 1000000000, 1000000000]]]}',
        b'{"value": {"array": 0}, "arrays": [["|O", [1]]]}',
        b'{"value": {"array": 0}, "arrays": [["<f8", [-1]]]}',
        b'{"value": {"array": 5}, "arrays": []}',
        b'{"value": {"call": "os.system"}, "arrays": []}',
        b'{"value": ' + b'{"list": [' * 5000 + b"]}" * 5000 + b', "arrays": []}',
        b"[" * 100_000,
        b"{}",
        b"null",
    ],
)
def test_forged_headers_are_refused(header):
    with pytest.raises(wire.WireError):
        wire.unpack(header, bytes(64))
