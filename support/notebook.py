"""The practical as a Jupyter notebook that writes into `vae.py`.

    python -m support.notebook       writes vae.ipynb beside vae.py

Every task is a cell that begins with `%%task`. Running it puts the function of that cell into
`vae.py`, in place of the one there, and tests it. So what is handed in stays one file, and you may
go to and fro between the notebook and an editor.
"""

import ast
import json
import subprocess
import sys
import textwrap
from datetime import datetime
from pathlib import Path

from data.files import atomic_path
from support.messages import read_exercises

ROOT = Path(__file__).resolve().parent.parent
HISTORY = "vae_history.txt"


class CellError(Exception):
    """The cell cannot be put into the file; the message says what it should hold."""


def functions_of(source):
    """A dict from name to the syntax tree of each function at the top level of a source text."""
    return {n.name: n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)}


def put_function(path, code):
    """Replace a function of a file by another version of it.

    The version that was there is kept in `vae_history.txt` beside the file, unless it was a stub.

    Args:
        path: of the file.
        code: the text of one function that the file has.

    Returns:
        Its name.

    Raises:
        CellError: the code is not exactly one function of the file.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise CellError(
            f"Line {error.lineno} is not valid Python: {error.msg}. It reads: {line}"
        ) from error
    old = path.read_text(encoding="utf-8")
    known, names = functions_of(old), list(functions_of(code))
    if len(tree.body) != 1 or not names or names[0] not in known:
        raise CellError(
            "A %%task cell holds one function of vae.py and nothing else: imports, constants and "
            "functions of your own go into vae.py itself, near the top."
        )
    name, lines = names[0], old.splitlines()
    begin, end = known[name].lineno - 1, known[name].end_lineno
    before, code = "\n".join(lines[begin:end]), code.strip("\n")
    stub = "raise NotImplementedError("
    if stub in code and stub not in before:
        raise CellError(
            f"This cell is not written, and {path.name} has a version of {name} that is: it stays. "
            "For a notebook with what the file has, move this one away and run "
            "`python -m support.notebook`."
        )
    if before != code and stub not in before:
        with open(path.with_name(HISTORY), "a", encoding="utf-8") as history:
            history.write(f"# {datetime.now():%Y-%m-%d %H:%M:%S}\n{before}\n\n\n")
    with atomic_path(path) as temporary:
        text = "\n".join([*lines[:begin], code, *lines[end:]]) + "\n"
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return name


def load_ipython_extension(shell):
    """Called by `%load_ext support.notebook`: defines `%%task`."""

    def task(line, cell):
        """Put this cell's function into vae.py and test it."""
        path = Path("vae.py")
        try:
            name = put_function(path, cell)
        except CellError as error:
            print(f"Nothing was written. {error}")
            return
        print(f"{name} is now in {path}.\n")
        words = [sys.executable, "-m", "pytest", "-q", "--no-header", "-k", name]
        tests = subprocess.run(words, capture_output=True, text=True, encoding="utf-8")
        print(tests.stdout + tests.stderr)

    shell.register_magic_function(task, "cell", "task")


def markdown(text):
    """A text cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": textwrap.dedent(text).strip()}


def code(text):
    """A code cell that has not been run."""
    more = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "metadata": {}, "source": text.strip("\n"), **more}


def make_notebook(path):
    """The notebook for a `vae.py`, as the data of its JSON.

    Args:
        path: of the file; its functions are taken as they are.
    """
    source = path.read_text(encoding="utf-8")
    lines, functions = source.splitlines(), functions_of(source)
    cells = [
        markdown(
            """
            # A practical on variational auto-encoders

            Each cell below that begins with `%%task` holds one function of `vae.py`. Complete it
            and run the cell: it puts the function into `vae.py` and tests it. `README.md` explains
            the model and numbers its equations; `vae.py` has everything else, and is what you hand
            in. Versions that a cell has replaced are in `vae_history.txt`.
            """
        ),
        code("%load_ext support.notebook"),
    ]
    for exercise in read_exercises(path):
        node = functions[exercise.name]
        cells.append(markdown(f"## {exercise.title}"))
        cells.append(code("%%task\n" + "\n".join(lines[node.lineno - 1 : node.end_lineno])))
    cells += [
        markdown("## Train, and look at the pictures"),
        code("import sys\n\n!{sys.executable} vae.py --quick"),
        code(
            "from pathlib import Path\n\n"
            "from IPython.display import Image, display\n\n"
            'for path in sorted(Path("results").glob("[!.]*.png")):\n'
            "    print(path)\n"
            "    display(Image(path))"
        ),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def write_notebook(path):
    """Write `vae.ipynb` beside a `vae.py`."""
    with atomic_path(path.with_suffix(".ipynb")) as temporary:
        text = json.dumps(make_notebook(path), indent=1, ensure_ascii=False) + "\n"
        temporary.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    notebook = ROOT / "vae.ipynb"
    if notebook.exists():
        sys.exit(f"{notebook} exists already: move it away first, or go on with it.")
    write_notebook(ROOT / "vae.py")
    print(f"Wrote {notebook}.")
