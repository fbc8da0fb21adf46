"""The instructor's command line."""

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
