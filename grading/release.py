"""What students get: a folder and a zip, from a list of what may be in it."""

import re
import shutil
import zipfile

from data.files import atomic_path
from grading.rubric import load_rubric
from grading.stubs import MarkerError, find_regions, write_stubs
from support.notebook import write_notebook

NAME = "vae-practical"
# Everything that is released, apart from the README, the public tests and the notebook.
ALLOWED = (
    "LICENSE",
    "requirements.txt",
    "vae.py",
    "report_template.md",
    "data/__init__.py",
    "data/files.py",
    "data/images.py",
    "data/mnist.py",
    "data/subset/*",
    "support/*.py",
    "extensions/*.py",
)
FOR_INSTRUCTORS = "\n## For instructors\n"
TELLING = 20  # characters of a line that can give something away


class ReleaseError(Exception):
    """The bundle would give something away, or is not up to date."""


def student_readme(text):
    """The README without its part for instructors."""
    if FOR_INSTRUCTORS not in text:
        raise ReleaseError(f"README.md has no line {FOR_INSTRUCTORS.strip()!r} to stop at")
    return text[: text.index(FOR_INSTRUCTORS)].rstrip() + "\n"


def bundle_files(root):
    """The released files.

    Args:
        root: the folder of the project.

    Returns:
        A dict from the path inside the bundle to the file that it is a copy of.
    """
    files = {}
    for pattern in ALLOWED:
        for path in root.glob(pattern):
            files[path.relative_to(root).as_posix()] = path
    for path in (root / "tests" / "public").glob("*.py"):
        files[f"tests/{path.name}"] = path
    readme = student_readme((root / "README.md").read_text(encoding="utf-8"))
    for picture in re.findall(r"\]\((docs/pictures/[\w.]+)\)", readme):
        files[picture] = root / picture
    return dict(sorted(files.items()))


def write_bundle(root, folder):
    """Write the bundle into a folder, which is replaced if it is there.

    Raises:
        ReleaseError: a generated file is stale, or the bundle would give something away.
    """
    try:
        stale = write_stubs(root, dry_run=True)
    except MarkerError as error:
        raise ReleaseError(str(error)) from error
    if stale:
        names = ", ".join(path.name for path in stale)
        raise ReleaseError(f"not up to date: {names}. Run `python -m grading stubs` first.")
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    for name, path in bundle_files(root).items():
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, new / name)
    readme = student_readme((root / "README.md").read_text(encoding="utf-8"))
    (new / "README.md").write_text(readme, encoding="utf-8", newline="\n")
    write_notebook(new / "vae.py")
    leaks = find_leaks(root, new)
    if leaks:
        shutil.rmtree(new)
        raise ReleaseError("the bundle would give answers away:\n" + "\n".join(leaks))
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)


def telling_lines(text):
    """The lines of a text that can give something away, without indentation."""
    lines = {" ".join(line.split()) for line in text.splitlines()}
    imports = ("import ", "from ")
    return {line for line in lines if len(line) >= TELLING and not line.startswith(imports)}


def secret_lines(root):
    """Where each line that must not be released is: a dict from the line to a file's name.

    Solutions, hidden tests, misconceptions, how the grader checks, and the criteria for the report.
    Lines that stand in the given part of a solution file as well are no secret, nor are lines that
    the tests share with `support/`.
    """
    secret, given, shared = {}, set(), set()
    for path in (root / "support").glob("*.py"):
        shared |= telling_lines(path.read_text(encoding="utf-8"))
    for path in sorted((root / "solutions").glob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for begin, end in reversed(find_regions("\n".join(lines), path)):
            secret |= dict.fromkeys(telling_lines("\n".join(lines[begin : end - 1])), path.name)
            del lines[begin - 1 : end]
        given |= telling_lines("\n".join(lines))
    for path in [*(root / "tests" / "hidden").glob("*.py"), root / "grading" / "checks.py"]:
        lines = telling_lines(path.read_text(encoding="utf-8")) - shared
        secret = {**dict.fromkeys(lines, path.name), **secret}
    criteria = "\n".join(entry.criteria for entry in load_rubric().report)
    secret |= dict.fromkeys(telling_lines(criteria), "rubric.toml")
    return {line: name for line, name in secret.items() if line not in given}


def find_leaks(root, bundle):
    """What a bundle gives away.

    Args:
        root: the folder of the project.
        bundle: the folder of the bundle.

    Returns:
        A line of text for each place.
    """
    secret, leaks = secret_lines(root), []
    for path in sorted(path for path in bundle.rglob("*") if path.is_file()):
        name = path.relative_to(bundle).as_posix()
        text = path.read_bytes().decode("utf-8", errors="replace")
        if path.suffix == ".ipynb":  # its lines are JSON strings
            text = text.replace("\\n", "\n").replace('\\"', '"')
        for number, line in enumerate(text.splitlines(), 1):
            source = secret.get(" ".join(line.split()))
            if source:
                leaks.append(f"{name}:{number}: a line of {source}: {line.strip()}")
    return leaks


def write_zip(folder, path):
    """Pack a folder so that the same files give the same bytes, on every machine."""
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            name = f"{folder.name}/{file.relative_to(folder).as_posix()}"
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())  # stored: compressors differ


def release(root, folder):
    """Write `vae-practical/` and `vae-practical.zip` into a folder.

    Returns:
        The paths of both.

    Raises:
        ReleaseError: see `write_bundle`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    bundle, archive = folder / NAME, folder / f"{NAME}.zip"
    write_bundle(root, bundle)
    write_zip(bundle, archive)
    return bundle, archive
