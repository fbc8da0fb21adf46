"""An autograder package for Gradescope, and what runs in its container.

    python -m grading.gradescope BASE      grade BASE/submission into BASE/results/results.json

The package is a zip with `setup.sh`, which Gradescope runs once to build a container, and
`run_autograder`, which it runs in that container for every submission; BASE is /autograder there.
"""

import json
import sys
import zipfile
from pathlib import Path

from data.files import atomic_path
from grading.grade import UnreadableError, grade, read_submission, unreadable
from grading.report import WORDS, feedback
from grading.rubric import load_rubric
from grading.sandbox import SandboxError, check_sandbox, check_users

ROOT = Path(__file__).parent.parent
SETTINGS = "gradescope.json"
PACKAGED = (
    "requirements.txt",
    "data/*.py",
    "support/*.py",
    "solutions/*.py",
    "grading/*.py",
    "grading/rubric.toml",
    "grading/class.html.jinja",
    "tests/hidden/*.py",
)
SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, as root, to build the container.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y python3 python3-venv bubblewrap util-linux
python3 -m venv /opt/vae-practical
/opt/vae-practical/bin/python -m pip install -r /autograder/source/requirements.txt {packages}
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope runs this, as root, for every submission.
set -euo pipefail
chmod 700 /autograder/source /autograder/submission /autograder/results
cd /autograder/source
exec /opt/vae-practical/bin/python -m grading.gradescope /autograder
"""
PROTECTIONS = {
    "bubblewrap": "bubblewrap: no files, network or processes but its own",
    "users": "a user of its own: it can read neither tests nor solutions, but use the network",
}


def needed_packages():
    """What grading needs on top of requirements.txt, as pip's arguments."""
    needed = ("click", "scipy", "jinja2", "tomli")
    lines = (ROOT / "requirements-instructor.txt").read_text(encoding="utf-8").splitlines()
    return " ".join(f"'{line}'" for line in lines if line.startswith(needed))


def write_package(path, seed, visibility):
    """Write the package.

    Args:
        path: of the zip.
        seed: of the random inputs, the same for all students.
        visibility: when students see them, one of the choices of the command line.
    """
    load_rubric()
    files = {p.relative_to(ROOT): p for pattern in PACKAGED for p in ROOT.glob(pattern)}
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:

        def add(name, contents, mode=0o644):
            entry = zipfile.ZipInfo(str(name), date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = mode << 16
            archive.writestr(entry, contents, zipfile.ZIP_DEFLATED)

        add("setup.sh", SETUP.format(packages=needed_packages()), 0o755)
        add("run_autograder", RUN, 0o755)
        add(SETTINGS, json.dumps({"seed": seed, "visibility": visibility}) + "\n")
        for name, file in sorted(files.items()):
            add(name.as_posix(), file.read_bytes())


def choose_protection():
    """The best protection that this container allows.

    Raises:
        SandboxError: it allows none.
    """
    try:
        check_sandbox()
        return "bubblewrap"
    except SandboxError as error:
        print(error)
    check_users()
    return "users"


def as_gradescope(result, visibility, protection):
    """A result in the form that Gradescope reads: one test for each check.

    Args:
        result: as `grade` returns it.
        visibility: when students see the checks; that their file was read they see at once.
        protection: which one was in force.
    """
    status, message = result["status"], result["message"]
    first = {
        "name": "vae.py",
        "status": "passed" if status == "graded" else "failed",
        "output": "The file was read and imported." if status == "graded" else message,
        "output_format": "text",
        "visibility": "visible",
    }
    rubric, tests = load_rubric(), [first]
    for entry in result["items"] + result["bonus"]:
        item = rubric.item(entry["id"])
        for check in entry["checks"]:
            about = check["about"] or check["name"]
            lines = [WORDS[check["outcome"]], check["message"], check["hint"]]
            tests.append(
                {
                    "number": item.task,
                    "name": f"{item.id}: {about}",
                    "score": check["points"],
                    "max_score": check["max_points"],
                    "status": "passed" if check["outcome"] == "passed" else "failed",
                    "output": "\n".join(line for line in lines if line),
                    "output_format": "text",
                    "visibility": visibility,
                }
            )
    return {
        "score": result["score"] + result["bonus_score"],
        "tests": tests,
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"protection": protection, "seed": result["seed"], "status": status},
    }


def run(base):
    """Grade the submission in `base/submission`; write `base/results/results.json`."""
    settings = json.loads((ROOT / SETTINGS).read_text(encoding="utf-8"))
    try:
        protection = choose_protection()
    except SandboxError as error:
        print(error)
        results = {
            "output": "The autograder did not start. This is not your fault: tell your instructor.",
            "tests": [],
            "score": 0,
            "stdout_visibility": "hidden",
        }
    else:
        print(f"Protection in force: {PROTECTIONS[protection]}.")
        try:
            sources = read_submission(base / "submission")
            result = grade(sources, settings["seed"], 0, protection)
        except UnreadableError as error:
            result = unreadable(str(error), settings["seed"])
        results = as_gradescope(result, settings["visibility"], PROTECTIONS[protection])
        print(feedback({"student": "this submission", **result}))
    with atomic_path(base / "results" / "results.json") as temporary:
        text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    run(Path(sys.argv[1]))
