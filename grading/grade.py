"""Grade submissions: one worker for each, hidden tests in this process, results as JSON."""

import concurrent.futures
import contextlib
import hashlib
import io
import json
import os
import re
import stat
import sys
import time
import types
from pathlib import Path

import pytest

from data.files import atomic_path
from grading import plugin
from grading.hints import settle
from grading.rubric import PATH as RUBRIC
from grading.rubric import load_rubric
from grading.submission import Submission, VerdictError, printable

ROOT = Path(__file__).parent.parent
HIDDEN = ROOT / "tests" / "hidden"
MAX_BYTES = 1 << 20


class UnreadableError(Exception):
    """There is no file that can be graded; the message says why."""


def find_submissions(folder):
    """The students in a folder.

    Args:
        folder: holds `NAME/vae.py`, or `NAME/<anything>/vae.py` as nbgrader's `submitted/` does.

    Returns:
        A dict from name to the student's folder, sorted by name.
    """
    names = [p for p in Path(folder).iterdir() if p.is_dir() and not p.name.startswith(".")]
    return {path.name: path for path in sorted(names)}


def read_submission(folder):
    """A student's `vae.py`, and `extensions/NAME.py` beside it where there are any.

    Returns:
        A dict from the name of the module to the bytes of its file.

    Raises:
        UnreadableError: there is none or more than one, or it is not a plain file of at most 1 MiB.
    """
    paths = [folder / "vae.py"] if os.path.lexists(folder / "vae.py") else []
    inside = [p for p in folder.glob("*/vae.py") if p.parent.name[0] != "."]
    paths = paths or sorted(p for p in inside if not p.parent.is_symlink())
    if len(paths) != 1:
        found = ", ".join(printable(p.relative_to(folder)) for p in paths) or "nothing"
        raise UnreadableError(f"one vae.py is expected in the submission, found: {found}")
    sources = {"vae": read_plain_file(paths[0], MAX_BYTES)}
    for item in load_rubric().bonus:
        path = paths[0].parent / "extensions" / f"{item.id}.py"
        if os.path.lexists(path) and not path.parent.is_symlink():
            with contextlib.suppress(UnreadableError):  # as if it had not been handed in
                sources[item.id] = read_plain_file(path, MAX_BYTES)
    return sources


def read_plain_file(path, limit):
    """The bytes of a file.

    Raises:
        UnreadableError: it cannot be read, is larger than `limit` bytes, or is not a plain file:
            a link could lead to another student's file, or to a device.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UnreadableError(f"{path.name} is not a plain file")
            contents = file.read(limit + 1)
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error.strerror}") from error
    if len(contents) > limit:
        raise UnreadableError(f"{path.name} is larger than {limit:,} bytes")
    return contents


def fingerprint():
    """A hash of everything that decides about marks, apart from the submission and the seed."""
    digest = hashlib.sha256()
    folders = [HIDDEN, ROOT / "solutions", ROOT / "grading", ROOT / "support"]
    for path in [*sorted(p for folder in folders for p in folder.glob("*.py")), RUBRIC]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def key_of(sources, message, seed, version):
    """What a result depends on: the submission, the seed and the grader."""
    digest = hashlib.sha256(f"{message} {seed} {version}".encode())
    for name, source in sorted((sources or {}).items()):
        digest.update(f" {name} {len(source)} ".encode() + source)
    return digest.hexdigest()


def grade(sources, seed=0, slot=0, protection="bubblewrap"):
    """Grade one submission.

    Args:
        sources: a dict from "vae", and any extensions, to the bytes of the file.
        seed: of the random inputs.
        slot: which of the graders that run at once this is, from 0.
        protection: see `start_worker`.

    Returns:
        A dict of "status", "message", "score", "max_score", "seed", "items", "bonus_score" and
        "bonus": like "items", for the extensions on which the student has worked.
    """
    rubric, started = load_rubric(), time.monotonic()
    status, message, records = grade_module("vae", rubric.items, sources, seed, slot, protection)
    result = summarise(records, status, message, seed)
    for item in rubric.bonus:
        if item.id in sources and sources[item.id] != untouched(item.id):
            if time.monotonic() - started < 2 * plugin.BUDGET:
                _, _, records = grade_module(item.id, [item], sources, seed, slot, protection)
            else:
                records = list_checks("not tried, after the files took too long in all", [item])
            result["bonus"].append(entry_of(item, records))
    result["bonus_score"] = round(sum(entry["points"] for entry in result["bonus"]), 2)
    return result


def untouched(extension):
    """An extension's file as students get it; None if there is none."""
    path = ROOT / "extensions" / f"{extension}.py"
    return path.read_bytes() if path.exists() else None


def grade_module(module, items, sources, seed, slot, protection):
    """Status, message and the record of every check of these items, which are about one module."""
    submission = Submission(sources, module, seed, slot, protection)
    try:
        submission.ensure_loaded()
        return "graded", "", run_checks(submission, seed, items)
    except VerdictError as verdict:
        return "import failed", str(verdict), list_checks(str(verdict), items)
    finally:
        submission.close()


class Recorder:
    """A plugin that hands the submission to a pytest session and keeps the session's config."""

    def __init__(self, submission):
        self.submission = submission

    def pytest_configure(self, config):
        """Hand over the submission."""
        self.config = config
        config.stash[plugin.SUBMISSION] = self.submission

    def pytest_collection_finish(self, session):
        """Keep the tests."""
        self.tests = session.items


def pytest_session(submission, items, *words):
    """Run pytest on the hidden tests of these items, in silence; returns the `Recorder`."""
    recorder = Recorder(submission)
    words += tuple(str(HIDDEN / f"test_{item.id}.py") for item in items)
    silence = io.StringIO()
    switched_off = ("cacheprovider", "junitxml", "logging", "doctest", "hypothesispytest")
    # These two collect garbage for 0.1 s at the end of every session.
    switched_off += ("benchmark", "unraisableexception", "threadexception")
    options = ["-q", "--capture=no", "--tb=no", "-W", "ignore"]
    options += ["--import-mode=importlib", "-c", os.devnull, f"--rootdir={ROOT}"]
    options += [word for name in switched_off for word in ("-p", f"no:{name}")]
    with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
        code = pytest.main([*options, *words], plugins=[recorder])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"the hidden tests do not run (pytest: {code})\n{silence.getvalue()}")
    return recorder


def run_checks(submission, seed, items):
    """The record of every check of these items."""
    recorder = pytest_session(submission, items, f"--grading-seed={seed}")
    return recorder.config.stash[plugin.RECORDS]


def list_checks(message, items):
    """Records for the checks of these items, of a file that cannot be imported."""
    return [
        {
            "item": plugin.item_of(test),
            "name": test.name,
            "weight": test.get_closest_marker("check").kwargs["weight"] / plugin.siblings(test),
            "about": " ".join((test.function.__doc__ or "").split()),
            "outcome": "error",
            "message": message,
            "hint": "",
            "mistakes": [],
            "answers": [],
        }
        for test in pytest_session(None, items, "--collect-only").tests
    ]


def summarise(records, status, message, seed):
    """Turn records into marks by the rubric."""
    rubric = load_rubric()
    items = [entry_of(item, records) for item in rubric.items]
    return {
        "status": status,
        "message": message,
        "score": round(sum(item["points"] for item in items), 2),
        "max_score": rubric.automatic,
        "seed": seed,
        "items": items,
        "bonus_score": 0,
        "bonus": [],
    }


def entry_of(item, records):
    """The marks and checks of one item."""
    checks = [record for record in records if record["item"] == item.id]
    settle(checks)
    whole = sum(check["weight"] for check in checks)
    got = sum(check["weight"] for check in checks if check["outcome"] == "passed")
    return {
        "id": item.id,
        "points": round(item.marks * got / whole, 2),
        "max_points": item.marks,
        "checks": [as_result(check, item.marks / whole) for check in checks],
    }


def as_result(record, marks_per_weight):
    """One check as it stands in the results."""
    worth = round(record["weight"] * marks_per_weight, 2)
    return {
        "name": record["name"],
        "about": record["about"],
        "outcome": record["outcome"],
        "points": worth if record["outcome"] == "passed" else 0,
        "max_points": worth,
        "message": record["message"],
        "hint": record["hint"],
    }


def unreadable(message, seed):
    """The result of a submission that has no file to grade."""
    return summarise(list_checks(message, load_rubric().items), "unreadable", message, seed)


def task(sources, message, seed, protection):
    """What a grading process does: grade these files, or say why there are none.

    Runs in a process pool or on a Dask cluster; takes and returns plain data.
    """
    if sources is None:
        return unreadable(message, seed)
    return grade(sources, seed, slot_number(), protection)


def slot_number():
    """A number that tells the grading processes of this machine apart."""
    return os.getpid() % 4000


def die_with_parent(parent):
    """Ask Linux to end this process when its parent, the process of this number, ends."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it has ended already, and nobody would tell
            os._exit(1)


def safe_name(name):
    """A student's name as part of a file name, a different one for every name."""
    safe = re.sub(r"[^\w.@+-]", "_", name)
    if safe == name:
        return name
    return f"{safe}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:6]}"


def grade_all(students, output, seed=0, jobs=None, force=False, protection="bubblewrap", dask=None):
    """Grade submissions, going on from what is there already.

    Args:
        students: a dict from name to folder, as `find_submissions` gives it.
        output: where results go.
        seed: of the random inputs, the same for all students.
        jobs: grading processes; default: one per core.
        force: grade also what has not changed.
        protection: see `start_worker`.
        dask: the address of a Dask scheduler to use instead of processes here.

    Yields:
        `name, result` as each is ready; it has been written to `output/NAME.json` by then.
    """
    output = Path(output)
    output.mkdir(parents=True, exist_ok=True)
    version, waiting = fingerprint(), {}
    for name, path in students.items():
        sources, message = None, ""
        try:
            sources = read_submission(path)
        except UnreadableError as error:
            message = str(error)
        key = key_of(sources, message, seed, version)
        done = None if force else read_result(output / f"{safe_name(name)}.json", key)
        if done is None:
            waiting[name] = (key, sources, message)
        else:
            yield name, done
    for name, result in run_tasks(waiting, seed, jobs, protection, dask):
        result = {"student": name, **result, "key": waiting[name][0]}
        write_json(output / f"{safe_name(name)}.json", result)
        yield name, result


def read_result(path, key):
    """The result in a file, if it is one for this key."""
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
        return result if result["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_results(folder):
    """The results in a folder, of all students by name."""
    results = []
    for path in sorted(Path(folder).glob("[!.]*.json")):  # .NAME-*.json: a killed run's leftovers
        try:
            result = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if isinstance(result, dict) and {"student", "items", "status"} <= result.keys():
            results.append(result)
    return sorted(results, key=lambda result: result["student"])


def write_json(path, data):
    """Write JSON in one step."""
    with atomic_path(path) as temporary:
        text = json.dumps(data, indent=1, ensure_ascii=False, sort_keys=False)
        # A name that is not UTF-8 has surrogates: \udcXX, which JSON reads back as it was.
        temporary.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")


def run_tasks(waiting, seed, jobs, protection, dask):
    """Yield `name, result` for all that wait, whatever becomes of the processes that do it."""
    if dask:
        from distributed import Client

        with Client(dask) as client:
            futures = {
                client.submit(task, sources, message, seed, protection, key=f"grade-{key}"): name
                for name, (key, sources, message) in waiting.items()
            }
            from distributed import as_completed

            for future in as_completed(futures):
                yield futures[future], future.result()
        return
    left = dict(waiting)
    alone = False
    while left:
        # After a process of the pool has died, one at a time, to find out who did it.
        batch = list(left)[:1] if alone else list(left)
        with pool(1 if alone else jobs) as executor:
            with nameless_main():
                futures = {
                    executor.submit(task, left[name][1], left[name][2], seed, protection): name
                    for name in batch
                }
            for future in concurrent.futures.as_completed(futures):
                name = futures[future]
                try:
                    result = future.result()
                except concurrent.futures.process.BrokenProcessPool:
                    if not alone:
                        continue
                    result = unreadable("grading this file ended the grader itself", seed)
                del left[name]
                yield name, result
        alone = True


@contextlib.contextmanager
def nameless_main():
    """Processes that start in the block do not import the main program, which may be nbgrader's."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def pool(jobs):
    """Processes that grade."""
    import multiprocessing

    return concurrent.futures.ProcessPoolExecutor(
        jobs,
        multiprocessing.get_context("spawn"),
        initializer=die_with_parent,
        initargs=(os.getpid(),),
    )
