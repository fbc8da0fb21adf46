"""Hostile and broken submissions, for real: a verdict for each, and no mark that is not earned."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from grading import plugin, submission
from grading.grade import UnreadableError, grade, read_submission
from grading.report import feedback
from grading.sandbox import FIRST_UID
from tests.tools.helpers import ROOT, SOLUTION

pytestmark = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")

FILES = sorted((Path(__file__).parent / "hostile").glob("*.py"))
SLOT = os.getpid() % 4000  # so that nobody else's processes are taken for ours
OUTCOMES = {"passed", "failed", "error", "not implemented", "missing"}
OUTCOMES |= {"timeout", "crashed", "memory", "bad value"}
# Files with a right function beside the hostile one keep its marks, and only these.
HONEST = {
    "endless_loop_python": {"compute_KL"},
    "honest_and_nosy": {"compute_KL", "initialize_adam"},
    "missing_function": {"compute_KL"},
    "mixed_exit": {"compute_KL"},
    "system_exit_zero": {"compute_KL"},
}


@pytest.fixture
def short_limits(monkeypatch):
    """A second for every check, three to import."""
    monkeypatch.setattr(plugin, "SECONDS", 1)
    monkeypatch.setattr(submission, "IMPORT_SECONDS", 3)


def traces():
    """What a submission left behind: marker files, and processes of this test's sandboxed user."""
    folders = (Path("/tmp"), ROOT, Path.home())
    found = [path for folder in folders for path in folder.glob("hostile_was_here*")]
    user = f"Uid:\t{FIRST_UID + SLOT}\t"
    for path in Path("/proc").glob("[0-9]*"):
        try:
            line = (path / "cmdline").read_bytes()
            if user in (path / "status").read_text() or b"hostile_was_here" in line:
                found.append(line)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_hostile_file_gets_a_verdict_and_nothing_else(path, short_limits):
    result = grade(path.read_bytes(), slot=SLOT)
    assert result["status"] in ("graded", "import failed")
    checks = [check for item in result["items"] for check in item["checks"]]
    assert {check["outcome"] for check in checks} <= OUTCOMES
    earned = {item["id"] for item in result["items"] if item["points"]}
    assert earned <= HONEST.get(path.stem, {"initialize_adam"})
    if path.stem in HONEST:
        assert earned == HONEST[path.stem]
    text = json.dumps(result) + feedback({"student": "x", **result})
    assert str(ROOT) not in text
    assert "grading/" not in text
    deadline = time.monotonic() + 5
    while traces() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert traces() == []


def test_there_are_many():
    assert len(FILES) >= 30


def test_a_file_that_is_right_gets_the_same_result_after_hostile_ones(short_limits):
    before = grade(SOLUTION.encode())
    for name in ("patched_numpy", "mixed_exit", "forged_replies_later"):
        grade((Path(__file__).parent / "hostile" / f"{name}.py").read_bytes())
        assert grade(SOLUTION.encode()) == before
    assert before["score"] == 80


def test_only_one_plain_file_of_moderate_size_is_read(tmp_path):
    good = tmp_path / "good"
    good.mkdir()
    (good / "vae.py").write_text("x = 1")
    assert read_submission(good) == b"x = 1"

    def folder(name):
        (tmp_path / name).mkdir()
        return tmp_path / name

    (folder("link") / "vae.py").symlink_to(good / "vae.py")
    (folder("folder") / "vae.py").mkdir()
    os.mkfifo(folder("pipe") / "vae.py")
    (folder("large") / "vae.py").write_bytes(bytes(2**20 + 1))
    twice = folder("twice")
    for inside in "ab":
        (twice / inside).mkdir()
        (twice / inside / "vae.py").write_text("x = 1")
    linked = folder("linked_folder")
    (linked / "a").symlink_to(good)
    folder("nothing")
    for name in ("link", "folder", "pipe", "large", "twice", "linked_folder", "nothing"):
        with pytest.raises(UnreadableError):
            read_submission(tmp_path / name)
