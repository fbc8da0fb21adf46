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
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def release(folder):
    """Write what students get into FOLDER: vae-practical/ and vae-practical.zip."""
    from grading.release import ReleaseError
    from grading.release import release as write

    try:
        paths = write(ROOT, folder)
    except ReleaseError as error:
        raise click.ClickException(str(error)) from error
    for path in paths:
        click.echo(f"wrote {path}")


@main.command()
@click.argument("course", type=click.Path(file_okay=False, path_type=Path))
@click.option("--assignment", default="vae", show_default=True, help="Its name in nbgrader.")
def nbgrader(course, assignment):
    """Write a course directory that stock nbgrader commands use into COURSE."""
    from grading.course import CourseError, write_course
    from grading.release import ReleaseError

    try:
        write_course(ROOT, course, assignment)
    except (CourseError, ReleaseError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"In {course}: nbgrader generate_assignment {assignment}")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the inputs.")
@click.option(
    "--visibility",
    type=click.Choice(("hidden", "after_due_date", "after_published", "visible")),
    default="after_due_date",
    show_default=True,
    help="When students see marks and hints.",
)
def gradescope(file, seed, visibility):
    """Write an autograder package for Gradescope into FILE, a zip."""
    from grading.gradescope import write_package
    from grading.rubric import RubricError

    try:
        write_package(file, seed, visibility)
    except RubricError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"wrote {file}: upload it as the autograder of a programming assignment")


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def skills(folder):
    """Add to FOLDER/class.html, from `grade`, which skills the class and each student have."""
    from grading.grade import read_results
    from grading.report import class_page, write_text
    from grading.skills import SkillsError, find_skills

    results = read_results(folder)
    try:
        found = find_skills(results)
    except SkillsError as error:
        raise click.ClickException(str(error)) from error
    write_text(folder / "class.html", class_page(results, found))
    for skill, of_class, of_students in found[1]:
        if of_students is None:
            click.echo(f"{skill.title}: {of_class}")
        else:
            mean, low, high = (100 * share for share in of_class)
            click.echo(f"{skill.title}: {mean:.0f} % ({low:.0f} to {high:.0f})")
    click.echo(f"see {folder / 'class.html'}")


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
    students = find_submissions(submissions)
    students = {name: path for name, path in students.items() if only in (None, name)}
    if not students:
        raise click.ClickException(
            f"{submissions} has no folder {only or 'of a student'}. A submission is "
            f"{submissions}/NAME/vae.py."
        )
    results = {}
    protection = "none" if unsandboxed else "bubblewrap"
    ready = grade_all(students, output, seed, jobs, force, protection, dask)
    with tqdm(ready, total=len(students), unit="submission", disable=None) as bar:
        for name, result in bar:
            results[name] = result
    write_reports(results.values(), output)

    columns = [item.task for item in rubric.items]
    width = max(len(name) for name in [*students, "student"])
    click.echo(" ".join([f"{'student':{width}}", *(f"{c:>5}" for c in columns), "  total"]))
    for name in sorted(results):
        points = [f"{number(item['points']):>5}" for item in results[name]["items"]]
        status = "" if results[name]["status"] == "graded" else f"  {results[name]['status']}"
        bonus = number(results[name]["bonus_score"])
        total = f"{number(results[name]['score']):>7}" + (f" +{bonus}" if bonus != "0" else "")
        click.echo(" ".join([f"{name:{width}}", *points, total]) + status)
    click.echo(
        f"\n{len(results)} of {len(students)} graded, seed {seed}; see {output / 'class.html'}"
    )
    sys.exit(len(results) != len(students))
