"""The pytest side of grading: fixtures for hidden tests, and a record of every check."""

import math
import time
import zlib
from pathlib import Path

import numpy as np
import pytest

from grading.checks import CheckError
from grading.hints import bank, find_mistakes
from grading.rubric import load_rubric
from grading.submission import Submission, VerdictError
from support.messages import hint_for

SECONDS = 5  # for one check, unless its marker says otherwise; right answers take milliseconds
TIMEOUTS = 2  # after so many in one item its other checks are not tried
PATIENCE = 3  # after so many in all, every other check has a fifth of its time
BUDGET = 60  # seconds for all checks of a submission
NOT_TRIED = "not tried"
RECORDS = pytest.StashKey()
SUBMISSION = pytest.StashKey()
STARTED = pytest.StashKey()


def pytest_addoption(parser):
    """The options of `pytest tests/hidden`."""
    group = parser.getgroup("grading")
    group.addoption("--submission", help="the vae.py to grade")
    group.addoption("--grading-seed", type=int, default=0, help="of the random inputs")
    group.addoption("--unsandboxed", action="store_true", help="run it without protection")


def pytest_configure(config):
    """Register the marker, and where the records go."""
    config.addinivalue_line(
        "markers", "check(weight, seconds=5): this test is worth a share of its item's marks"
    )
    config.stash[RECORDS] = []
    config.stash[STARTED] = time.monotonic()


def pytest_collection_modifyitems(config, items):
    """Take the tests of an extension for its file, and leave them out for a `vae.py`."""
    path, module_of = config.getoption("--submission"), load_rubric().module_of
    if path:
        module = module_of(Path(path).stem)
        others = [test for test in items if module_of(item_of(test)) != module]
        config.hook.pytest_deselected(items=others)
        items[:] = [test for test in items if test not in others]


def item_of(test):
    """The id of the rubric's item that a test belongs to, from the name of its file."""
    return Path(test.path).stem.removeprefix("test_")


@pytest.fixture(scope="session")
def _submission(request):
    """The submission, for the whole session."""
    config = request.config
    given = config.stash.get(SUBMISSION, None)
    if given is not None:
        yield given
        return
    path = config.getoption("--submission")
    if not path:
        pytest.exit("say which file to grade: pytest tests/hidden --submission PATH", 2)
    path = Path(path).resolve()
    module = load_rubric().module_of(path.stem)
    sources = {module: path.read_bytes()}
    for vae in (path.with_name("vae.py"), path.parent.with_name("vae.py")):
        if vae.exists():  # an extension imports it
            sources.setdefault("vae", vae.read_bytes())
    submission = Submission(
        sources,
        module,
        config.getoption("--grading-seed"),
        protection="none" if config.getoption("--unsandboxed") else "bubblewrap",
    )
    yield submission
    submission.close()


@pytest.fixture
def submission(request, _submission):
    """The student's file: `submission.call("compute_KL", x)`."""
    marker = request.node.get_closest_marker("check")
    records = request.config.stash[RECORDS]
    item = item_of(request.node)
    slow = [
        r["item"] for r in records if r["outcome"] == "timeout" and NOT_TRIED not in r["message"]
    ]
    _submission.answers, _submission.notes = [], []
    if time.monotonic() - request.config.stash[STARTED] > BUDGET:
        raise VerdictError("timeout", f"{NOT_TRIED}, after the file took too long in all")
    if slow.count(item) >= TIMEOUTS:
        raise VerdictError(
            "timeout", f"{NOT_TRIED}, after two checks of this function took too long"
        )
    seconds = marker.kwargs.get("seconds", SECONDS)
    _submission.begin_check(seconds / 5 if len(slow) >= PATIENCE else seconds)
    return _submission


@pytest.fixture
def random(request):
    """Random numbers of this check: the same for all students of one grading run."""
    seed = request.config.getoption("--grading-seed")
    return np.random.default_rng([seed, zlib.crc32(request.node.name.encode())])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn what happened into a record; keep judge's tracebacks out of everything."""
    report = yield
    marker = item.get_closest_marker("check")
    if marker is None or call.when == "teardown" or (call.when == "setup" and report.passed):
        return report
    submission = item.funcargs.get("_submission")
    record = {
        "item": item_of(item),
        "name": item.name,
        "weight": marker.kwargs["weight"] / siblings(item),
        "about": " ".join((item.function.__doc__ or "").split()),
        **judge(item, call.excinfo and call.excinfo.value, submission),
        "answers": [],
    }
    if submission and record["outcome"] == "passed":  # the requests; replies may be large
        record["answers"] = [(request, None) for request, _ in submission.answers]
    item.config.stash[RECORDS].append(record)
    if report.failed:
        report.longrepr = f"{record['outcome']}: {record['message']}\n{record['hint']}".rstrip()
    return report


def siblings(item):
    """How many tests one parametrised function makes: they share its weight."""
    return math.prod(len(m.args[1]) for m in item.iter_markers("parametrize"))


def judge(item, error, submission):
    """Outcome, message and hint of one check."""
    notes = " ".join(getattr(submission, "notes", []))
    if error is None:
        return {"outcome": "passed", "message": notes, "hint": "", "mistakes": []}
    outcome, message, mistakes, hint = "failed", str(error), [], ""
    if isinstance(error, VerdictError):
        outcome, hint = error.outcome, hint_for(message)
    elif not isinstance(error, CheckError):
        # An assert of the test, or a result that it could not digest: say nothing of its inside.
        message = "The result is not what it should be."
    if getattr(error, "mistake", None):
        mistakes = [error.mistake]
    elif submission is not None and outcome in ("failed", "error"):
        mistakes = find_mistakes(item_of(item), submission.answers)
    hint = bank(item_of(item))[mistakes[0]].hint if mistakes else hint
    return {"outcome": outcome, "message": message, "hint": hint, "mistakes": mistakes}
