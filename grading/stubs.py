"""Students' files, made from `solutions/` by taking the solutions out."""

import ast
import re
from pathlib import Path

from data.files import atomic_path

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


class MarkerError(Exception):
    """Solution markers do not match up; the message names file and line."""


def find_regions(source, name):
    """The solution regions of a file.

    Args:
        source: its text.
        name: what to call it in an error.

    Returns:
        A list of `(first, last)`, the line numbers of the two markers, counted from 1.

    Raises:
        MarkerError: a region is opened inside another, closed without being open, or not closed.
    """
    regions, begin = [], None
    for number, line in enumerate(source.splitlines(), 1):
        if line.strip() == BEGIN:
            if begin:
                raise MarkerError(f"{name}:{number}: BEGIN SOLUTION inside the one of line {begin}")
            begin = number
        elif line.strip() == END:
            if not begin:
                raise MarkerError(f"{name}:{number}: END SOLUTION without BEGIN SOLUTION")
            regions.append((begin, number))
            begin = None
    if begin:
        raise MarkerError(f"{name}:{begin}: BEGIN SOLUTION without END SOLUTION")
    return regions


def make_stub(source, name):
    """The student's version of a solution file.

    Every region becomes one line that raises NotImplementedError with the task's number, read
    from the docstring of the function that the region is in, and the function's name.

    Raises:
        MarkerError: the markers do not match up, or a region is in no function whose docstring
            begins with "Task" and a number.
    """
    lines = source.splitlines()
    functions = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
    for begin, end in reversed(find_regions(source, name)):
        around = [f for f in functions if f.lineno < begin and end <= last_line(f, lines)]
        task = around and re.match(r"Task [\w.]+", ast.get_docstring(around[0]) or "")
        if not task:
            raise MarkerError(
                f"{name}:{begin}: a solution must be inside a function whose docstring begins "
                'with its task, such as """Task 1.3: ..."""'
            )
        marker = lines[begin - 1]
        indent = marker[: len(marker) - len(marker.lstrip())]
        message = f"{task[0]}: {around[0].name}"
        lines[begin - 1 : end] = [f'{indent}raise NotImplementedError("{message}")']
    return "\n".join(lines) + "\n"


def last_line(function, lines):
    """The last line of a function, with the comments that follow its last statement."""
    number = function.end_lineno
    while number < len(lines) and lines[number].startswith((" ", "\t")):
        number += 1
    return number


def import_students_vae(source):
    """The source of an extension, made to import the student's `vae.py` instead of the solution."""
    source = source.replace("from solutions import vae\n", "import vae\n")
    return source.replace("from solutions.vae import", "from vae import")


def write_stubs(root, dry_run=False):
    """Write `vae.py` and `extensions/*.py`.

    Args:
        root: the folder of the project.
        dry_run: write nothing.

    Returns:
        The paths of the files that were not up to date.
    """
    changed = []
    for solution in sorted(Path(root, "solutions").glob("*.py")):
        if solution.name == "__init__.py":
            continue
        folder = root if solution.name == "vae.py" else root / "extensions"
        path = folder / solution.name
        stub = make_stub(solution.read_text(encoding="utf-8"), solution)
        stub = import_students_vae(stub)
        if not path.exists() or path.read_text(encoding="utf-8") != stub:
            changed.append(path)
            if not dry_run:
                with atomic_path(path) as temporary:
                    temporary.write_text(stub, encoding="utf-8", newline="\n")
    return changed
