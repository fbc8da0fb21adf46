"""What the optional exercises print, and how long they take.

python -m benchmarks.extensions --output docs/extensions.md
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from grading.rubric import load_rubric

ROOT = Path(__file__).parent.parent


def run(name):
    """What `python -m solutions.NAME` prints, on one thread, and the seconds it takes."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", f"solutions.{name}"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip(), time.perf_counter() - started


def main():
    """Run all, print, and keep the result in docs/."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    lines = ["# What the optional exercises print", "", "`python -m benchmarks.extensions`", ""]
    for item in sorted(load_rubric().bonus, key=lambda item: int(item.task[1:])):
        said, seconds = run(item.id)
        lines += [f"## {item.task}: `python -m solutions.{item.id}` ({seconds:.0f} s)", ""]
        lines += [f"    {line}".rstrip() for line in said.splitlines()] + [""]
        print("\n".join(lines[-3 - len(said.splitlines()) :]), flush=True)
    if options.output:
        options.output.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
