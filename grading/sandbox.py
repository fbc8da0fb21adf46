"""Start a worker where it can read Python, the given code and nothing else.

There are three kinds of protection. "bubblewrap" is the one to use: an allow-list of read-only
folders, a small scratch space in memory, no network, no other processes, no privileges. "users" is
for containers that forbid namespaces and run the grader as root: the worker is another user, who
can read neither the project nor other submissions. "none" is no protection (`--unsandboxed`).
"""

import atexit
import contextlib
import functools
import os
import shutil
import signal
import site
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
INSIDE = "/course"  # where the given code lies in the sandbox
SCRATCH_BYTES = 64 << 20
GIVEN = ("data/*.py", "support/*.py")
GIVEN += ("grading/wire.py", "grading/perform.py", "grading/worker.py")
FIRST_UID = 61_000  # for a grader that runs as root: one user per slot, so that limits are apart

ENVIRONMENT = {
    "HOME": "/tmp",
    "TMPDIR": "/tmp",
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
}

LOST = (
    "--unsandboxed: a submission can read every file that you can (solutions, tests, other "
    "students), write to them, use the network, and leave processes behind. Time and memory are "
    "still limited, and marks still cannot be forged from inside the file that is graded."
)


class SandboxError(Exception):
    """The sandbox cannot be set up here; the message says what to install."""


def check_sandbox():
    """Make sure that a sandbox can be started.

    Raises:
        SandboxError: bubblewrap is missing, or the system does not let it work.
    """
    if not shutil.which("bwrap"):
        how = (
            "Install it: `apt install bubblewrap`, `dnf install bubblewrap` or the like."
            if sys.platform == "linux"
            else "It exists for Linux only: grade in a Linux container or virtual machine."
        )
        raise SandboxError(
            f"Submissions are graded inside bubblewrap, and there is no `bwrap` here. {how} "
            "--unsandboxed grades without protection; docs/instructors.md says what is lost."
        )
    probe = subprocess.run(
        [*walls(0), base_python(), "-I", "-c", "print('ok')"],
        capture_output=True, text=True, timeout=60, cwd="/",
    )  # fmt: skip
    if probe.stdout.strip() != "ok":
        raise SandboxError(
            f"bubblewrap does not work here: {probe.stderr.strip()[-300:]} The system may forbid "
            "user namespaces (sysctl kernel.unprivileged_userns_clone, or a container without "
            "them). --unsandboxed grades without protection."
        )


def base_python():
    """The Python program behind a virtual environment's link."""
    return os.path.realpath(sys.executable)


def package_folders():
    """Folders of installed packages on the import path."""
    folders = [*site.getsitepackages(), *(p for p in sys.path if p.endswith("-packages"))]
    return [folder for folder in dict.fromkeys(folders) if os.path.isdir(folder)]


def readable_folders():
    """What Python needs to run, apart from installed packages: its library and the system's."""
    paths = sysconfig.get_paths()
    folders = [paths["stdlib"], paths["platstdlib"], os.path.dirname(base_python())]
    folders = [os.path.realpath(folder) for folder in folders]
    if sys.base_prefix not in ("/usr", "/"):  # a Python of its own brings its own libraries
        folders.append(os.path.join(os.path.realpath(sys.base_prefix), "lib"))
    folders += [f"/usr/{name}" for name in ("lib", "lib64", "lib32", "libx32")]
    folders += ["/etc/ld.so.cache", "/usr/bin/setpriv"]
    return [folder for folder in dict.fromkeys(folders) if os.path.exists(folder)]


def outermost(folders):
    """These folders without those that lie inside another."""
    paths = [Path(folder) for folder in dict.fromkeys(folders)]
    return [str(path) for path in paths if not any(p in paths for p in path.parents)]


def walls(slot):
    """The words of the bubblewrap command that come before the program.

    Args:
        slot: which of the graders that run at once this is, from 0.
    """
    command = ["bwrap", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "exam"]
    is_root = os.geteuid() == 0
    # As root there is no need of a user namespace, and inside one root would stay root: limits
    # on the number of processes do not bind it. So root gives up its identity instead.
    command += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    command += ["--unshare-cgroup-try"] + ([] if is_root else ["--unshare-user"])
    for name, value in ENVIRONMENT.items():
        command += ["--setenv", name, value]
    # First, since a project or its Python may lie in /tmp, and would be hidden.
    command += ["--perms", "1777", "--size", str(SCRATCH_BYTES), "--tmpfs", "/tmp"]
    folders = outermost([*readable_folders(), *package_folders()])
    # bubblewrap makes the folders above a bind for the user who starts it alone.
    above = dict.fromkeys(str(p) for folder in folders for p in reversed(Path(folder).parents))
    for folder in [*list(above)[1:], INSIDE, f"{INSIDE}/grading"]:
        command += ["--perms", "0755", "--dir", folder]
    for folder in folders:
        command += ["--ro-bind", folder, folder]
    for name in ("bin", "lib", "lib64", "lib32", "libx32"):
        if os.path.islink(f"/{name}"):
            command += ["--symlink", os.readlink(f"/{name}"), f"/{name}"]
        elif os.path.isdir(f"/{name}") and name != "bin":
            command += ["--ro-bind", f"/{name}", f"/{name}"]
    for name in ("data", "support"):
        command += ["--ro-bind", str(ROOT / name), f"{INSIDE}/{name}"]
    for name in GIVEN[2:]:
        command += ["--ro-bind", str(ROOT / name), f"{INSIDE}/{name}"]
    command += ["--dev", "/dev", "--remount-ro", "/dev"]
    command += ["--chdir", "/tmp", "--remount-ro", "/"]
    return command + (unprivileged(FIRST_UID + slot) if is_root else [])


def unprivileged(uid):
    """The words of a command that gives up root and becomes this user."""
    command = ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups"]
    return [*command, "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]


def check_users():
    """Make sure that another user can run Python, and cannot read what is secret.

    Raises:
        SandboxError: this is not root, or file permissions let that user read too much or too
            little.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("setpriv"):
        raise SandboxError("To run submissions as another user the grader must be root on Linux.")
    secret = [ROOT / "solutions" / "vae.py", ROOT / "grading" / "rubric.toml"]
    secret += [ROOT / "tests" / "hidden" / "misconceptions.py"]
    probe = "import os, sys; print([os.access(path, os.R_OK) for path in sys.argv[1:]])"
    done = subprocess.run(
        [*unprivileged(FIRST_UID), base_python(), "-I", "-c", probe, *map(str, secret), given()],
        capture_output=True, text=True, timeout=60, cwd="/",
    )  # fmt: skip
    if done.stdout.strip() != str([False] * len(secret) + [True]):
        raise SandboxError(
            f"Another user cannot be kept apart here: of {', '.join(map(str, secret))} it should "
            f"read none, and it should run {base_python()}. "
            f"`chmod 700 {ROOT}`. {done.stderr.strip()[-300:]}"
        )


@functools.cache
def given():
    """A folder, readable for all, with copies of the code that a worker needs."""
    folder = tempfile.mkdtemp(prefix="vae-given-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.chmod(folder, 0o755)
    for path in sorted(path for pattern in GIVEN for path in ROOT.glob(pattern)):
        copy = Path(folder, path.relative_to(ROOT))
        copy.parent.mkdir(mode=0o755, exist_ok=True)
        shutil.copyfile(path, copy)
        copy.chmod(0o644)
    return folder


def start_worker(slot=0, protection="bubblewrap"):
    """Start a worker process that speaks over its standard input and output.

    Args:
        slot: which of the graders that run at once this is, from 0.
        protection: "bubblewrap", "users" or "none".

    Returns:
        A `subprocess.Popen`, to be ended by `end_worker`.
    """
    worker, scratch, cwd = "grading/worker.py", None, "/"
    if protection == "bubblewrap":
        command = [*walls(slot), base_python(), "-s", "-E", f"{INSIDE}/{worker}", INSIDE]
        command += package_folders()
        environment = {"PATH": os.environ.get("PATH", os.defpath)}
    elif protection == "users":
        uid = FIRST_UID + slot
        scratch = cwd = tempfile.mkdtemp(prefix="vae-worker-")
        os.chown(scratch, uid, uid)
        command = [*unprivileged(uid), base_python(), "-s", "-E", f"{given()}/{worker}", given()]
        command += package_folders()
        environment = {**ENVIRONMENT, **dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), scratch)}
    else:
        command = [sys.executable, "-s", "-E", str(ROOT / worker), str(ROOT)]
        environment = {**os.environ, **ENVIRONMENT}
        del environment["HOME"], environment["TMPDIR"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=cwd,
        start_new_session=True,
        bufsize=0,
    )
    process.slot, process.scratch = slot, scratch
    return process


def end_worker(process):
    """End a worker and everything that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # its session; the walls' init takes the rest
    process.wait()
    process.stdin.close()
    process.stdout.close()
    if process.scratch:  # there is no init: whatever runs as this user
        everything = "import os; os.kill(-1, 9)"
        command = [*unprivileged(FIRST_UID + process.slot), base_python(), "-I", "-c", everything]
        subprocess.run(command, cwd="/", check=False)
        shutil.rmtree(process.scratch, ignore_errors=True)
