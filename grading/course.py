"""A course directory for nbgrader: its config, and the assignment's source."""

import json
import shutil
import tempfile
from pathlib import Path

from data.files import atomic_path
from grading.release import write_bundle
from grading.rubric import load_rubric
from support.notebook import markdown

NOTEBOOK = "marks"  # the name of the one notebook that nbgrader knows

CONFIG = """\
# Written by `python -m grading nbgrader`. Everything that nbgrader can be told may be added below.
import sys

sys.path.insert(0, {project!r})  # where the solutions and hidden tests are
c = get_config()  # noqa: F821

from grading.nbgrader import configure

configure(c, __file__)
"""


class CourseError(Exception):
    """The course directory cannot be written; the message says why."""


def grade_cell(item):
    """The cell that holds the marks and the feedback for one function."""
    source = (
        f"# Task {item.task}: {item.title} ({item.equation})\n"
        "# Marked by the hidden tests from vae.py: there is nothing to run here."
    )
    cell = {"cell_type": "code", "execution_count": None, "outputs": [], "source": source}
    return with_metadata(cell, item.id, item.marks, grade=True)


def report_cell(item):
    """The cell that a marker gives the marks for one part of the report in."""
    source = (
        f"## Report: {item.title}\n\n"
        f"### BEGIN MARK SCHEME\n**Criteria:** {item.criteria}\n### END MARK SCHEME"
    )
    return with_metadata(
        {"cell_type": "markdown", "source": source}, f"report_{item.id}", item.marks, task=True
    )


def with_metadata(cell, name, points, grade=False, task=False):
    """`cell` as nbgrader knows it."""
    about = {"grade_id": name, "grade": grade, "task": task, "points": points}
    about |= {"solution": False, "locked": True, "schema_version": 3}
    about["cell_type"] = cell["cell_type"]
    return {**cell, "id": name.replace("_", "-")[:64], "metadata": {"nbgrader": about}}


def marks_notebook():
    """The notebook that marks and feedback go into, as the data of its JSON."""
    rubric = load_rubric()
    first = markdown(
        """
        # Marks and feedback

        You work in `vae.py` and `report.md` (see `README.md`); your marks will appear in this
        notebook. Nothing in it is read when you hand it in.
        """
    )
    cells = [{**first, "id": "about"}]
    cells += [grade_cell(item) for item in rubric.items]
    cells += [report_cell(item) for item in rubric.report]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def write_course(root, course, assignment):
    """Write `nbgrader_config.py` and `source/ASSIGNMENT/` into a course directory.

    What is there already stays, apart from files of these names in the assignment's source.

    Args:
        root: the folder of the project.
        course: the course directory.
        assignment: what nbgrader calls the practical.

    Raises:
        CourseError: there is a config that is not from here.
        ReleaseError: see `write_bundle`.
    """
    config, text = course / "nbgrader_config.py", CONFIG.format(project=str(root))
    if config.exists() and "from grading.nbgrader import configure" not in config.read_text():
        raise CourseError(f"{config} is there already. Add these lines to it:\n\n{text}")
    source = course / "source" / assignment
    source.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder, "bundle")
        write_bundle(root, bundle)
        (bundle / "vae.ipynb").unlink()  # nbgrader takes every notebook for one to be marked
        shutil.copytree(bundle, source, dirs_exist_ok=True)
    with atomic_path(source / f"{NOTEBOOK}.ipynb") as temporary:
        temporary.write_text(json.dumps(marks_notebook(), indent=1) + "\n", encoding="utf-8")
    if not config.exists():
        with atomic_path(config) as temporary:
            temporary.write_text(text, encoding="utf-8")
