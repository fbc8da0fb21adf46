"""The instructor's command line."""

import os
import sys
from pathlib import Path

import click

from grading.stubs import MarkerError, write_stubs

ROOT = Path(__file__).parent.parent


@click.group()
def main():
    """Release the practical, grade it, and see what the class misunderstood."""


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a generated file is stale.")
def stubs(check):
    """Write the students' files from solutions/."""
    try:
        changed = write_stubs(ROOT, dry_run=check)
    except MarkerError as error:
        raise click.ClickException(str(error)) from error
    for path in changed:
        click.echo(f"{'stale' if check else 'wrote'} {path.relative_to(ROOT)}")
    if check and changed:
        raise click.ClickException("run `python -m grading stubs` and commit what it writes.")


@main.command()
@click.argument("submissions", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count(), show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the inputs.")
@click.option("--only", metavar="NAME", help="Grade this student alone.")
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@click.option("--unsandboxed", is_flag=True, help="Without protection; says what is lost.")
@click.option("--dask", metavar="ADDRESS", help="Grade on this Dask cluster: tcp://SCHEDULER:PORT.")
def grade(submissions, output, jobs, seed, only, force, unsandboxed, dask):
    """Grade SUBMISSIONS/NAME/vae.py, or SUBMISSIONS/NAME/<anything>/vae.py, for all names."""
    from tqdm import tqdm

    from grading.grade import find_submissions, grade_all
    from grading.report import number, write_reports
    from grading.rubric import RubricError, load_rubric
    from grading.sandbox import LOST, SandboxError, check_sandbox

    try:
        rubric = load_rubric()
        if not unsandboxed and not dask:
            check_sandbox()
    except (RubricError, SandboxError) as error:
        raise click.ClickException(str(error)) from error
    if unsandboxed:
        click.echo(LOST, err=True)
    names = [name for name in find_submissions(submissions) if only in (None, name)]
    if not names:
        raise click.ClickException(
            f"{submissions} has no folder {only or 'of a student'}. A submission is "
            f"{submissions}/NAME/vae.py."
        )
    results = {}
    ready = grade_all(submissions, output, seed, jobs, only, force, not unsandboxed, dask)
    with tqdm(ready, total=len(names), unit="submission", disable=None) as bar:
        for name, result in bar:
            results[name] = result
    write_reports(results.values(), output)

    columns = [item.task for item in rubric.items]
    width = max(len(name) for name in [*names, "student"])
    click.echo(" ".join([f"{'student':{width}}", *(f"{c:>5}" for c in columns), "  total"]))
    for name in sorted(results):
        points = [f"{number(item['points']):>5}" for item in results[name]["items"]]
        status = "" if results[name]["status"] == "graded" else f"  {results[name]['status']}"
        total = f"{number(results[name]['score']):>7}"
        click.echo(" ".join([f"{name:{width}}", *points, total]) + status)
    click.echo(f"\n{len(results)} of {len(names)} graded, seed {seed}; see {output / 'class.html'}")
    sys.exit(len(results) != len(names))
