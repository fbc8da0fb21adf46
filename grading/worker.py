"""The untrusted side: runs a student's file and answers requests about it.

    python worker.py FOLDER [FOLDER ...]     the folders are put on the import path

It speaks to the judge over the descriptors that were its standard input and output, and holds
nothing worth stealing: no reference, no tests, no marks. Whatever the student's code does to this
process, the judge only compares the values that come back.
"""

import os
import sys

MEMORY = 2 << 30  # bytes of address space
FILE_SIZE = 16 << 20
PROCESSES = 4  # of this user inside the sandbox; threads count too
CPU_SECONDS = 120
FILES = set()  # the names of the student's


def limit_resources():
    """Cap memory, file size, processes and processor time of this process and its children."""
    import resource

    for name, value in (
        ("RLIMIT_AS", MEMORY),
        ("RLIMIT_FSIZE", FILE_SIZE),
        ("RLIMIT_NPROC", PROCESSES),
        ("RLIMIT_CPU", CPU_SECONDS),
        ("RLIMIT_CORE", 0),
    ):
        kind = getattr(resource, name, None)
        if kind is not None:
            hard = resource.getrlimit(kind)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            try:
                resource.setrlimit(kind, (value, value))
            except (ValueError, OSError):  # macOS refuses some
                continue


def open_channel():
    """The two streams to the judge; the standard ones then lead nowhere."""
    inward, outward = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return os.fdopen(inward, "rb"), os.fdopen(outward, "wb")


def load(name, sources):
    """One of the student's files as a module, imported from a file as usual.

    Args:
        name: of the module that is asked about.
        sources: a dict from the name of a module to the bytes of its file.
    """
    import importlib
    import tempfile

    folder = tempfile.mkdtemp()
    for module, source in sources.items():
        FILES.add(f"{module}.py")
        with open(os.path.join(folder, f"{module}.py"), "wb") as file:
            file.write(source)
    os.chdir(folder)
    sys.path.insert(0, folder)
    return importlib.import_module(name)


def report(error):
    """An exception of the student's code, as plain data: kind, message, lines of their file."""
    import traceback

    from grading.perform import MissingFunctionError

    kinds = {NotImplementedError: "not implemented", MissingFunctionError: "missing"}
    kinds[MemoryError] = "memory"
    kind = kinds.get(type(error), "error")
    if kind == "not implemented" and str(error).startswith(("VJP of", "JVP of")):
        kind = "error"  # autograd's own: it cannot differentiate a function
    frames = traceback.extract_tb(error.__traceback__)
    lines = [[f.lineno or 0, f.name] for f in frames if os.path.basename(f.filename) in FILES]
    if isinstance(error, SyntaxError) and error.lineno:
        lines.append([error.lineno, "<module>"])
    return {
        "error": kind,
        "type": type(error).__name__[:100],
        "message": str(error)[:1000],
        "lines": lines[-5:],
    }


def answer(stream, number, reply):
    """Send a reply, or say that it cannot be sent."""
    from grading import wire

    try:
        message = wire.pack({**reply, "number": number})
    except Exception as error:  # a student's value may do anything while it is looked at
        message = wire.pack({"error": "bad value", "message": str(error)[:200], "number": number})
    stream.write(message)
    stream.flush()


def main():
    """Load the file that the first request holds, then answer requests until the judge leaves."""
    inward, outward = open_channel()
    sys.path[:0] = sys.argv[1:]
    import warnings

    from grading import wire
    from grading.perform import perform

    warnings.simplefilter("ignore")
    limit_resources()
    request = wire.receive(inward)
    module = None
    while request is not None:
        try:
            if module is None:
                sources = {name: data.tobytes() for name, data in request["sources"].items()}
                module = load(request["module"], sources)
                reply = {"loaded": True}
            else:
                reply = perform(module, request)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the student's as well
            try:
                reply = report(error)
            except BaseException:
                reply = {"error": "error", "type": "Exception", "message": "", "lines": []}
        answer(outward, request["number"], reply)
        request = wire.receive(inward)


if __name__ == "__main__":
    main()
