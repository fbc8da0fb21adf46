"""How long `nbgrader autograde` takes: our hidden tests against stock nbgrader with trivial ones.

    python -m benchmarks.nbgrader --output docs/nbgrader_speed.md

Both grade the same number of submissions with nbgrader's own command, in turns. Stock nbgrader runs
a notebook whose cells assert that 1 is 1; ours runs all hidden tests on `vae.py`.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grading.course import NOTEBOOK, marks_notebook

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


def run(folder, *words):
    """Run a command in a folder; returns the seconds that it took."""
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    started = time.perf_counter()
    subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def make_stock(course):
    """A course with the same notebook, its tests made trivial, which nbgrader runs in a kernel."""
    source = course / "source" / "vae"
    source.mkdir(parents=True)
    data = marks_notebook()
    for cell in data["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = "assert 1 == 1"
    (source / f"{NOTEBOOK}.ipynb").write_text(json.dumps(data))


def make_ours(course):
    """A course that `python -m grading nbgrader` writes."""
    run(ROOT, sys.executable, "-m", "grading", "nbgrader", str(course))


def measure(make, name, number, repetitions):
    """A generator of seconds per submission, one for every time that it is asked."""
    with tempfile.TemporaryDirectory() as temporary:
        course = Path(temporary)
        make(course)
        run(course, BIN / "nbgrader", "generate_assignment", "vae")
        for i in range(number):
            folder = course / "submitted" / f"student{i}" / "vae"
            folder.mkdir(parents=True)
            shutil.copy(course / "release" / "vae" / f"{NOTEBOOK}.ipynb", folder)
            shutil.copy(ROOT / "solutions" / "vae.py", folder)
        for _ in range(repetitions):
            for done in ("autograded", "results"):
                shutil.rmtree(course / done, ignore_errors=True)
            seconds = run(course, BIN / "nbgrader", "autograde", "vae") / number
            print(f"{name}: {seconds:.2f} s per submission", flush=True)
            yield seconds


def main():
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--number", type=int, default=60)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    sizes = (options.number, options.repetitions)
    turns = zip(
        measure(make_stock, "stock", *sizes), measure(make_ours, "ours", *sizes), strict=True
    )
    stock, ours = map(statistics.median, zip(*turns, strict=True))
    text = (
        "# nbgrader: ours against stock\n\n"
        f"`python -m benchmarks.nbgrader --number {sizes[0]} --repetitions {sizes[1]}`: medians of "
        f"`nbgrader autograde` in turns, {os.cpu_count()} cores\n\n"
        "| | s per submission |\n| --- | --- |\n"
        f"| stock nbgrader, nine cells that assert 1 == 1 | {stock:.2f} |\n"
        f"| ours, all hidden tests in the sandbox | {ours:.2f} |\n"
        f"| ratio | {stock / ours:.1f} |\n"
    )
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
