"""Hostile and broken submissions: each gets a verdict, its honest marks, and nothing else."""

import functools
import json
import os
import shutil
import time
from pathlib import Path

import pytest

from grading import plugin, submission
from grading.grade import (
    UnreadableError,
    find_submissions,
    grade,
    grade_all,
    read_submission,
)
from grading.sandbox import FIRST_UID
from grading.stubs import find_regions
from tests.tools.helpers import ROOT, SOLUTION

pytestmark = pytest.mark.skipif(
    not shutil.which("bwrap"), reason="hostile files run in bubblewrap alone, which is not here"
)

FOLDER = Path(__file__).parent / "hostile"
FILES = sorted(path.name for path in FOLDER.glob("*.py"))
EVERY = 12  # after so many hostile files the solution is graded again
SLOT = 4100  # none of a grader that may run at the same time: as root, a user of its own
MARKER = "hostile_was_here"  # the name of files written, and in the command line of daemons

OUTCOMES = ["passed", "failed", "error", "missing", "timeout", "crashed", "memory"]
OUTCOMES += ["not implemented", "bad value", "import failed"]
IMPORT_FAILS = [
    "binary",
    "closes_descriptors_at_import",
    "deep_expression",
    "endless_loop_at_import",
    "exit_at_import",
    "forged_error_kind",
    "forged_error_lines",
    "forged_number",
    "forged_shape",
    "forged_text",
    "import_error",
    "latin_1",
    "nested_brackets",
    "network",
    "null_bytes",
    "os_exit_at_import",
    "patched_builtins",
    "patched_json",
    "reads_environment",
    "surrogate_at_import",
    "syntax_error",
]
HONEST = {
    "missing_function": {"compute_KL"},
    "mixed_exit": {"compute_KL"},
    "endless_loop_python": {"compute_KL"},
    "system_exit_zero": {"compute_KL"},
    "honest_and_nosy": {"compute_KL", "initialize_adam"},
}  # and those of ONLY_ADAM; all others have no right function
ONLY_ADAM = [
    "closes_descriptors",
    "daemon_outlives",
    "deep_recursion",
    "disk_filler",
    "endless_loop_in_c",
    "fork_bomb",
    "huge_moments",
    "ignores_signals",
    "lifts_limits",
    "memory_bomb",
    "reads_descriptors",
    "remounts",
    "segfault",
    "signals_to_parent",
    "stdout_flood",
    "thread_bomb",
    "told_apart_by_calls",
    "writes_outside",
]
HONEST.update({name: {"initialize_adam"} for name in ONLY_ADAM})

WRITABLE = [ROOT, ROOT / "tests" / "tools", ROOT / "support", ROOT / "grading", ROOT / "data"]
WRITABLE += [
    ROOT.parent,
    *map(Path, ["/", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/root"]),
    Path.home(),
]


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Shorter time limits, of checks and of the import."""
    monkeypatch.setattr(plugin, "SECONDS", 1)
    monkeypatch.setattr(submission, "IMPORT_SECONDS", 5)


@functools.cache
def before():
    """The result of the solution, before any hostile file has been graded."""
    return grade({"vae": SOLUTION.encode()}, slot=SLOT)


@functools.cache
def secrets():
    """Lines of the solution that no message may contain."""
    lines = SOLUTION.splitlines()
    regions = [lines[begin : end - 1] for begin, end in find_regions(SOLUTION, "vae.py")]
    return [line.strip() for region in regions for line in region if len(line.strip()) > 15]


def left_behind():
    """Processes of a hostile file, by their user or command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, user = (folder / "cmdline").read_bytes(), folder.stat().st_uid
        except OSError:  # it has ended by now
            continue
        if MARKER.encode() in command or (os.geteuid() == 0 and user == FIRST_UID + SLOT):
            found.append((folder.name, command))
    return found


def written():
    """Files that hostile files have left outside of their sandbox."""
    return [path for folder in WRITABLE for path in folder.glob(f"{MARKER}*")]


def check_sound(result):
    """Fail unless this is a result that gives nothing away and can be written to a file."""
    checks = [check for item in result["items"] for check in item["checks"]]
    assert {check["outcome"] for check in checks} <= set(OUTCOMES)
    assert result["score"] == sum(item["points"] for item in result["items"])
    texts = [result["message"], *(c[key] for c in checks for key in ("message", "hint"))]
    for text in texts:
        assert len(text) < 2000
        assert all(c.isprintable() or c in "\n\t" for c in text)
        assert not [word for word in (str(ROOT), *secrets()) if word in text], text
    json.dumps(result, ensure_ascii=False).encode("utf-8")


def test_files_are_all_expected():
    names = {Path(name).stem for name in FILES}
    assert len(names) >= 32
    assert {*IMPORT_FAILS, *HONEST} <= names


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_gets_its_honest_marks_and_leaves_nothing_behind(name):
    before()
    stem, start = Path(name).stem, time.monotonic()
    # In a file, PROJECT_ROOT stands for where the solutions and hidden tests are.
    source = (FOLDER / name).read_bytes().replace(b"PROJECT_ROOT", str(ROOT).encode())
    result = grade({"vae": source}, slot=SLOT)
    assert time.monotonic() - start < 60
    assert result["status"] == ("import failed" if stem in IMPORT_FAILS else "graded")
    points = {item["id"] for item in result["items"] if item["points"]}
    assert points == HONEST.get(stem, set())
    full = {item["id"] for item in result["items"] if item["points"] == item["max_points"]}
    assert full == points
    check_sound(result)
    for _ in range(20):  # the kernel may take a moment to end them all
        if left_behind():
            time.sleep(0.1)
    assert left_behind() == []
    assert written() == []
    if FILES.index(name) % EVERY == EVERY - 1 or name == FILES[-1]:
        assert grade({"vae": SOLUTION.encode()}, slot=SLOT) == before()


def test_the_solution_still_gets_full_marks():
    result = before()
    assert result["score"] == result["max_score"]
    check_sound(result)


def make_symlink(student):
    (student / "vae.py").symlink_to(student.parent / "right" / "vae.py")


def make_symlinked_folder(student):
    (student / "work").symlink_to(student.parent / "right")


def make_folder(student):
    (student / "vae.py").mkdir()


def make_fifo(student):
    os.mkfifo(student / "vae.py")


def make_large(student):
    (student / "vae.py").write_bytes(b"#" * ((1 << 20) + 1))


def make_two(student):
    for name in (b"first", b"second \xff"):
        folder = os.path.join(os.fsencode(student), name)
        os.mkdir(folder)
        Path(os.fsdecode(folder), "vae.py").write_text(SOLUTION, encoding="utf-8")


def make_none(student):
    (student / "vae.txt").write_text(SOLUTION, encoding="utf-8")


UNREADABLE = {
    make_symlink: "cannot be read",
    make_symlinked_folder: "found: nothing",
    make_folder: "cannot be read|not a plain file",
    make_fifo: "not a plain file",
    make_large: "larger than 1,048,576 bytes",
    make_two: "found: first/vae.py, second",
    make_none: "found: nothing",
}


@pytest.fixture
def students(tmp_path):
    """A folder of submissions with one that is right."""
    folder = tmp_path / "submissions"
    (folder / "right").mkdir(parents=True)
    (folder / "right" / "vae.py").write_text(SOLUTION, encoding="utf-8")
    return folder


@pytest.mark.parametrize("make", UNREADABLE)
def test_a_file_that_cannot_be_read_says_why(students, make):
    (students / "odd").mkdir()
    make(students / "odd")
    with pytest.raises(UnreadableError, match=UNREADABLE[make]):
        read_submission(students / "odd")


def test_a_class_is_graded_whatever_stands_in_it(students, tmp_path):
    for make in UNREADABLE:
        (students / make.__name__).mkdir()
        make(students / make.__name__)
    for name in ("surrogate_in_message.py", "ragged_results.py"):
        (students / name).mkdir()
        shutil.copy(FOLDER / name, students / name / "vae.py")
    os.mkdir(os.path.join(os.fsencode(students), b"M\xfcller"))  # no UTF-8
    results = dict(grade_all(find_submissions(students), tmp_path / "results", jobs=1))
    assert len(results) == len(UNREADABLE) + 4
    assert results["right"]["score"] == results["right"]["max_score"]
    for make in UNREADABLE:
        assert results[make.__name__]["status"] == "unreadable"
        assert results[make.__name__]["score"] == 0
    files = sorted((tmp_path / "results").glob("*.json"))
    assert len(files) == len(results)
    for path in files:
        saved = json.loads(path.read_text(encoding="utf-8"))
        assert saved == results[saved["student"]]
