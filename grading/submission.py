"""The judge's view of a submission: call its functions, and get plain values or a verdict."""

import os
import select
import struct
import time

import numpy as np

from grading import wire
from grading.sandbox import ROOT, end_worker, start_worker

IMPORT_SECONDS = 10


class VerdictError(Exception):
    """A call gave no value.

    Attributes:
        outcome: "error", "not implemented", "missing", "timeout", "crashed", "memory", "bad value"
            or "import failed".
    """

    def __init__(self, outcome, message):
        super().__init__(message)
        self.outcome = outcome


MESSAGES = {
    "not implemented": "not implemented yet",
    "missing": "there is no such function in the file",
    "memory": "it ran out of memory",
    "crashed": "it ended the Python process (an exit, a crash, or too much memory)",
}


def printable(text):
    """The beginning of a text that a student's file wrote, without characters that do harm.

    Halves of surrogate pairs cannot be written to a file, and control characters move a cursor.
    """
    text = str(text)[:1000].replace(str(ROOT), "")
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


class Submission:
    """A student's file in a worker of its own, which is started anew whenever it dies.

    Args:
        sources: a dict from the name of a module, "vae" or an extension, to the bytes of its file.
        module: which of them is asked; it may import the others.
        seed: of the random numbers that its functions draw.
        slot, protection: see `start_worker`.
    """

    def __init__(self, sources, module="vae", seed=0, slot=0, protection="bubblewrap"):
        self.sources, self.module = sources, module
        self.slot, self.protection = slot, protection
        self.seeds = np.random.default_rng([seed, 1])
        self.process = None
        self.number = 0
        self.deadline = time.monotonic() + IMPORT_SECONDS
        self.answers = []  # of the running check: (request, reply)
        self.notes = []  # what a check that passed has to say

    def begin_check(self, seconds):
        """Give the coming calls this many seconds in all."""
        self.ensure_loaded()
        self.deadline = time.monotonic() + seconds
        self.answers = []

    def note(self, text):
        """Tell the student something although the check passes."""
        self.notes.append(text)

    def call(self, name, *args, stand_ins=None, **kwargs):
        """Call a function of the student's and return what it returns, as plain data."""
        return self.request(name, args, kwargs, stand_ins or {})["value"]

    def vjp(self, name, *args, cotangent, argnum=0, stand_ins=None):
        """The vector-Jacobian product of a function with respect to one argument."""
        more = {"argnum": argnum, "cotangent": np.asarray(cotangent)}
        return self.request(name, args, {}, stand_ins or {}, **more)["vjp"]

    def request(self, name, args, kwargs, stand_ins, **more):
        """Send a request (see `perform`) and return the reply, or raise the verdict."""
        self.ensure_loaded()
        request = {"name": name, "args": list(args), "kwargs": kwargs, "stand_ins": stand_ins}
        request = {**request, **more, "seed": int(self.seeds.integers(2**31))}
        reply = self.exchange(request)
        if "error" in reply:
            if reply["error"] == "error":
                self.answers.append((request, f"{reply.get('type')}: {reply.get('message')}"))
            raise self.verdict(reply)
        if not isinstance(reply.get("args"), list) or "value" not in reply:
            raise VerdictError("crashed", MESSAGES["crashed"])
        self.answers.append((request, reply))
        return reply

    def verdict(self, reply):
        """The exception for a reply that holds no value."""
        outcome, message = str(reply["error"]), printable(reply.get("message", ""))
        if outcome == "bad value":
            return VerdictError(outcome, f"it returned {message}; numbers or arrays are expected")
        if outcome in MESSAGES:
            return VerdictError(outcome, MESSAGES[outcome])
        lines = reply.get("lines")
        lines = lines[-5:] if isinstance(lines, list) else []
        lines = [line for line in lines if isinstance(line, list) and len(line) == 2]
        where = [f"line {n} in {printable(f)[:100]}" for n, f in lines if isinstance(n, int)]
        text = f"{printable(reply.get('type'))[:100]}: {message}"
        return VerdictError("error", "\n  ".join([text, *where]))

    def ensure_loaded(self):
        """Start a worker and load the file, if there is none.

        Raises:
            VerdictError: "import failed", for a file that cannot be imported.
        """
        if self.process is not None:
            return
        self.process = start_worker(self.slot, self.protection)
        before = self.deadline
        self.deadline = time.monotonic() + IMPORT_SECONDS
        try:
            sources = {name: np.frombuffer(s, np.uint8) for name, s in self.sources.items()}
            reply = self.exchange({"module": self.module, "sources": sources})
        except VerdictError as verdict:
            raise VerdictError("import failed", f"while it was imported: {verdict}") from None
        if "error" in reply:
            verdict = self.verdict(reply)
            self.close()
            raise VerdictError("import failed", str(verdict))
        self.deadline = before + max(0.0, time.monotonic() - (self.deadline - IMPORT_SECONDS))

    def exchange(self, request):
        """One request and its reply; a worker that does not answer in time or sense is ended."""
        self.number += 1
        try:
            self.write(wire.pack({**request, "number": self.number}))
            reply = self.read_reply()
            number = reply.get("number") if isinstance(reply, dict) else None
            if type(number) is not int or number != self.number:
                raise wire.WireError("an answer to another question")
            if not isinstance(reply.get("error", ""), str):
                raise wire.WireError("an error of an unknown kind")
            return reply
        except TimeoutError:
            self.close()
            raise VerdictError("timeout", "it took too long") from None
        except (wire.WireError, OSError, struct.error):
            self.close()
            raise VerdictError("crashed", MESSAGES["crashed"]) from None

    def write(self, message):
        """Send these bytes, within the time limit: the worker may have stopped reading."""
        descriptor, rest = self.process.stdin.fileno(), memoryview(message)
        os.set_blocking(descriptor, False)
        while rest:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([], [descriptor], [], left)[1]:
                raise TimeoutError
            rest = rest[os.write(descriptor, rest) :]

    def read_reply(self):
        """Read one message, within the time and size limits."""
        header, payload = wire.LENGTHS.unpack(self.read(wire.LENGTHS.size))
        if header > wire.MAX_HEADER or payload > wire.MAX_PAYLOAD:
            raise wire.WireError("too large")
        return wire.unpack(self.read(header), self.read(payload))

    def read(self, count):
        """Exactly this many bytes from the worker."""
        parts, descriptor = [], self.process.stdout.fileno()
        while count:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                raise TimeoutError
            part = os.read(descriptor, min(count, 1 << 20))
            if not part:
                raise wire.WireError("end of file")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def close(self):
        """End the worker and everything that it started."""
        if self.process is None:
            return
        process, self.process = self.process, None
        end_worker(process)
