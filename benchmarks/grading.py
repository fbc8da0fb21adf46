"""How long grading takes: 300 submissions.

    python -m benchmarks.grading --output docs/grading_speed.md

The class is a mix: right answers, one to three known mistakes each, unfinished files, and 5 %
hostile ones.
"""

import argparse
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.hidden.misconceptions import MISCONCEPTIONS

ROOT = Path(__file__).parent.parent
HOSTILE = ROOT / "tests" / "tools" / "hostile"


def make_class(folder, number):
    """Write this many submissions."""
    solution = (ROOT / "solutions" / "vae.py").read_text(encoding="utf-8")
    stub = (ROOT / "vae.py").read_text(encoding="utf-8")
    dice = random.Random(0)
    hostile = sorted(HOSTILE.glob("*.py"))
    for i in range(number):
        path = folder / f"student{i:03d}" / "vae.py"
        path.parent.mkdir(parents=True)
        if i % 20 == 7:
            shutil.copy(dice.choice(hostile), path)
        elif i % 20 == 13:
            path.write_text(stub, encoding="utf-8")
        else:
            source = solution
            mistakes = {
                m.exercise: m for m in dice.sample(MISCONCEPTIONS, dice.choice((0, 0, 1, 2, 3)))
            }
            for mistake in mistakes.values():
                source = mistake.put_into(source)
            path.write_text(source, encoding="utf-8")


def grade_class(number, jobs):
    """Seconds, and the summary line, of grading this many submissions."""
    with tempfile.TemporaryDirectory() as temporary:
        make_class(Path(temporary, "submissions"), number)
        words = [
            f"{temporary}/submissions",
            "--output",
            f"{temporary}/results",
            "--jobs",
            str(jobs),
        ]
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "grading", "grade", *words],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return time.perf_counter() - started, done.stdout.splitlines()[-1].split(";")[0]


def worker_memory():
    """Peak resident memory of a worker that has been asked everything, in MiB."""
    from grading.grade import grade

    grade({"vae": (ROOT / "solutions" / "vae.py").read_bytes()}, protection="none")
    return peak_of_children()


def peak_of_children():
    """The largest peak among the processes that have ended so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main():
    """Measure, print, and keep the result in docs/."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    memory = worker_memory()
    seconds, summary = grade_class(options.number, options.jobs)
    lines = [
        "# Speed of grading",
        "",
        f"`python -m benchmarks.grading --number {options.number} --jobs {options.jobs}`",
        "",
        f"- {summary}: {seconds:.0f} s in all, {seconds / options.number:.2f} s per submission "
        f"with {options.jobs} processes.",
        f"- Peak memory: {memory:.0f} MiB in a worker, {peak_of_children():.0f} MiB in a grading "
        "process, which keeps what known mistakes answer.",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
