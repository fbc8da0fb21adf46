"""A course in real nbgrader: generate, autograde, mark by hand, feedback, export."""

import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from data import save_images
from grading.cli import main
from grading.course import NOTEBOOK
from grading.rubric import load_rubric
from grading.stubs import write_stubs
from tests.hidden.misconceptions import MISCONCEPTIONS
from tests.tools.helpers import ROOT, SOLUTION

pytestmark = [
    pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed"),
    pytest.mark.skipif(bool(write_stubs(ROOT, dry_run=True)), reason="stubs are stale"),
]
gradebook = pytest.importorskip("nbgrader.api").Gradebook
NAME = "vae"
MISTAKE = next(m for m in MISCONCEPTIONS if m.exercise == "compute_KL")
REPORT = (ROOT / "report_template.md").read_text(encoding="utf-8")
EVIL_REPORT = """# Report
## Task 1: the lower bound
<script>alert(1)</script> <img src=x onerror=alert(2)> [click](javascript:alert(3))
![outside](../right/results/samples.png) ![web](https://example.org/track.png)
![link](results/link.png) ![fine](results/fine.png) ### BEGIN MARK SCHEME
<iframe src="file:///etc/passwd"></iframe> $\\href{javascript:alert(4)}{x}$
"""
NOSY = """

import os

LOOT = []
for path in ("gradebook.db", "submitted/right/vae/vae.py", "results"):
    try:
        os.stat({course!r} + "/" + path)
        LOOT.append(path)
        open({course!r} + "/gradebook.db", "w")
    except OSError:
        pass


def compute_KL(q_means_and_log_stds):
    raise ValueError(f"loot: {{LOOT}}")
"""


def nbgrader(course, *words):
    """Run an nbgrader command in the course directory, as an instructor would."""
    folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [folder / "nbgrader", *words], cwd=course, env=environment, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def hand_in(course, student, source=SOLUTION, report=None, inside="."):
    """Hand in files for a student; returns the folder."""
    folder = course / "submitted" / student / NAME / inside
    folder.mkdir(parents=True)
    if source is not None:
        (folder / "vae.py").write_text(source, encoding="utf-8")
    if report is not None:
        (folder / "report.md").write_text(report, encoding="utf-8")
        (folder / "results").mkdir()
        save_images(np.eye(9, 784), folder / "results" / "samples.png")
    return folder


def notebook_of(course):
    """The released notebook, as data."""
    return json.loads((course / "release" / NAME / f"{NOTEBOOK}.ipynb").read_text())


def forged(course):
    """A notebook that claims marks, and lists a cell twice."""
    data = notebook_of(course)
    for cell in data["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"]["nbgrader"]["points"] = 1000
            result = {"data": {"text/plain": "1000"}, "metadata": {}, "execution_count": 1}
            cell["outputs"] = [{"output_type": "execute_result", **result}]
    data["cells"] += [data["cells"][1], {**data["cells"][2], "metadata": {"nbgrader": {}}}]
    return json.dumps(data)


def make_class(course):
    """Twelve submissions; returns the students' names."""
    right = hand_in(course, "right", report=REPORT)
    hand_in(course, "partial", MISTAKE.put_into(SOLUTION))
    hand_in(course, "stub", (ROOT / "vae.py").read_text(encoding="utf-8"), report=REPORT)
    hand_in(course, "hostile", SOLUTION + NOSY.format(course=str(course)))
    hand_in(course, "vae_only")
    (hand_in(course, "broken") / f"{NOTEBOOK}.ipynb").write_text("{broken")
    (hand_in(course, "duplicated") / f"{NOTEBOOK}.ipynb").write_text(forged(course))
    (hand_in(course, "late") / "timestamp.txt").write_text("2026-03-02 12:00:00 UTC\n")
    shutil.copytree(course / "release" / NAME, course / "submitted" / "whole" / NAME / "vae")
    (course / "submitted" / "whole" / NAME / "vae" / "vae.py").write_text(SOLUTION)
    hand_in(course, "inside", inside="vae-practical", report=REPORT)
    evil = hand_in(course, "evil", report=EVIL_REPORT)
    shutil.move(evil / "results" / "samples.png", evil / "results" / "fine.png")
    (evil / "results" / "link.png").symlink_to(right / "results" / "samples.png")
    hand_in(course, "nothing", None)
    return sorted(path.name for path in (course / "submitted").iterdir())


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course directory whose assignment is released and due."""
    folder = tmp_path_factory.mktemp("course")
    said = CliRunner().invoke(main, ["nbgrader", str(folder)])
    assert said.exit_code == 0, said.output
    with open(folder / "nbgrader_config.py", "a") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
        named = r".*/(?P<student_id>[^/_]+)_(?P<file_id>\w+)"
        config.write(f"c.FileNameCollectorPlugin.named_regexp = {named!r}\n")
    code, said = nbgrader(folder, "generate_assignment", NAME)
    assert code == 0, said
    with gradebook(f"sqlite:///{folder}/gradebook.db") as gb:
        gb.update_or_create_assignment(NAME, duedate="2026-03-01 12:00:00 UTC")
    return folder


@pytest.fixture(scope="module")
def graded(course):
    """The course after `nbgrader autograde`, a mark by hand, feedback and export."""
    students = make_class(course)
    before = snapshot(course / "submitted")
    code, said = nbgrader(course, "autograde", NAME)
    assert code == 0, said
    assert snapshot(course / "submitted") == before
    with gradebook(f"sqlite:///{course}/gradebook.db") as gb:
        part = load_rubric().report[0]
        grade = gb.find_grade(f"report_{part.id}", NOTEBOOK, NAME, "right")
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = part.marks, False
        gb.db.commit()
    for words in (("generate_feedback", NAME), ("export",)):
        code, said = nbgrader(course, *words)
        assert code == 0, said
    return course, students


def snapshot(folder):
    """The contents of all files in a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def result_of(course, student):
    """What the plain grader has written for a student."""
    return json.loads((course / "results" / NAME / f"{student}.json").read_text())


def test_every_total_is_that_of_the_plain_grader(graded):
    course, students = graded
    assert len(students) == 12
    with gradebook(f"sqlite:///{course}/gradebook.db") as gb:
        for student in students:
            result = result_of(course, student)
            for entry in result["items"]:
                grade = gb.find_grade(entry["id"], NOTEBOOK, NAME, student)
                assert grade.auto_score == entry["points"], (student, entry["id"])
                assert grade.max_score == entry["max_points"]
                assert not grade.needs_manual_grade
            for part in load_rubric().report:
                grade = gb.find_grade(f"report_{part.id}", NOTEBOOK, NAME, student)
                assert grade.max_score == part.marks
                by_hand = student == "right" and part == load_rubric().report[0]
                assert grade.needs_manual_grade is not by_hand
    full = {"right", "vae_only", "broken", "duplicated", "late", "whole", "inside", "evil"}
    scores = {student: result_of(course, student)["score"] for student in students}
    assert {student for student, score in scores.items() if score == 80} == full
    assert scores["stub"] == scores["nothing"] == 0
    assert scores["hostile"] == 80 - load_rubric().item("compute_KL").marks
    assert 0 < scores["partial"] < 80


def test_export_has_manual_marks_and_the_late_penalty(graded):
    course, students = graded
    with open(course / "grades.csv", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == students
    assert float(rows["right"]["score"]) == 80 + load_rubric().report[0].marks
    assert float(rows["late"]["raw_score"]) == 80
    assert float(rows["late"]["score"]) == 0
    assert float(rows["right"]["max_score"]) == 100


def test_feedback_has_hints_and_report_and_no_mark_scheme(graded):
    course, students = graded
    pages = {s: (course / "feedback" / s / NAME / f"{NOTEBOOK}.html").read_text() for s in students}
    assert MISTAKE.hint.split(".")[0] in re.sub(r"\s+", " ", pages["partial"]).replace("&#39;", "'")
    assert "data:image/png;base64" in pages["right"]
    assert "one vae.py is expected" in pages["nothing"]
    assert "loot: []" in pages["hostile"]
    for page in pages.values():
        assert "Criteria" not in page
        assert "BEGIN MARK SCHEME" not in page.replace("fine.png", "") or page is pages["evil"]
        for part in load_rubric().report:
            assert part.criteria[:30] not in page


def test_a_marker_sees_criteria_and_report_and_no_script_runs(graded):
    course, _ = graded
    data = json.loads((course / "autograded" / "evil" / NAME / f"{NOTEBOOK}.ipynb").read_text())
    assert any("Criteria" in "".join(cell["source"]) for cell in data["cells"])
    outputs = [o for c in data["cells"] if c["cell_type"] == "code" for o in c["outputs"]]
    shown = "".join("".join(o.get("data", {}).get("text/html", "")) for o in outputs)
    assert (
        shown.count("data:image/png") == 1
    )  # its own picture: not a link, another's, or the web's
    for word in ("<script", "onerror=", 'href="javascript', "<iframe", "\\href", '<img src="http'):
        assert word not in shown.replace("&lt;", "")


def test_only_what_matters_of_a_submission_is_copied(graded):
    course, _ = graded
    names = {p.name for p in (course / "autograded" / "whole" / NAME).rglob("*") if p.is_file()}
    assert names == {"vae.py", f"{NOTEBOOK}.ipynb", "graded.json"}


def test_a_second_run_changes_nothing_and_a_new_submission_is_graded_anew(graded):
    course, _ = graded
    before = snapshot(course / "autograded")
    code, said = nbgrader(course, "autograde", NAME)
    assert code == 0, said
    assert snapshot(course / "autograded") == before
    path = course / "submitted" / "right" / NAME / "vae.py"
    path.write_text(MISTAKE.put_into(SOLUTION), encoding="utf-8")
    code, said = nbgrader(course, "autograde", NAME, "--student", "right")
    assert code == 0, said
    with gradebook(f"sqlite:///{course}/gradebook.db") as gb:
        assert gb.find_grade("compute_KL", NOTEBOOK, NAME, "right").auto_score < 12
        part = load_rubric().report[0]
        by_hand = gb.find_grade(f"report_{part.id}", NOTEBOOK, NAME, "right").manual_score
        assert by_hand == part.marks


def test_killing_it_at_random_moments_loses_nobody(course, tmp_path):
    copy = Path(shutil.copytree(course, tmp_path / "course", symlinks=True))
    for folder in ("submitted", "autograded", "feedback", "results"):
        shutil.rmtree(copy / folder, ignore_errors=True)
    for student in ("a", "b", "c", "d"):
        hand_in(copy, student)
    dice = random.Random(0)
    folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    for _ in range(6):
        process = subprocess.Popen(
            [folder / "nbgrader", "autograde", NAME], cwd=copy, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        time.sleep(dice.uniform(1.5, 5))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    code, said = nbgrader(copy, "autograde", NAME)
    assert code == 0, said
    with gradebook(f"sqlite:///{copy}/gradebook.db") as gb:
        for student in ("a", "b", "c", "d"):
            for entry in result_of(copy, student)["items"]:
                grade = gb.find_grade(entry["id"], NOTEBOOK, NAME, student)
                assert grade.auto_score == entry["points"] == entry["max_points"]
            assert (copy / "autograded" / student / NAME / "graded.json").exists()


def test_zip_collect_takes_files_named_after_students(course, tmp_path):
    copy = Path(shutil.copytree(course, tmp_path / "course", symlinks=True))
    shutil.rmtree(copy / "submitted", ignore_errors=True)
    archive = copy / "downloaded" / NAME / "archive"
    archive.mkdir(parents=True)
    (archive / "anna_vae.py").write_text(SOLUTION)
    (archive / "anna_report.md").write_text(REPORT)
    code, said = nbgrader(copy, "zip_collect", NAME)
    assert code == 0, said
    names = {path.name for path in (copy / "submitted" / "anna" / NAME).iterdir()}
    assert {"vae.py", "report.md"} <= names


def test_a_config_from_elsewhere_is_not_overwritten(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    said = CliRunner().invoke(main, ["nbgrader", str(tmp_path)])
    assert said.exit_code == 1
    assert "Add these lines" in said.output
    assert (tmp_path / "nbgrader_config.py").read_text() == "c = get_config()\n"


def test_an_assignment_without_submissions_is_an_error(course, tmp_path):
    copy = Path(shutil.copytree(course, tmp_path / "course", symlinks=True))
    shutil.rmtree(copy / "submitted", ignore_errors=True)
    code, said = nbgrader(copy, "autograde", NAME)
    assert code == 1
    assert "No submissions match" in said
