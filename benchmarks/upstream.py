"""The slicing VJP of docs/upstream.md, by itself, against autograd's."""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import autograd.numpy as np
from autograd import grad

from support import acceleration


def milliseconds(function, x, repetitions=300):
    """Median time of a call."""
    times = []
    for _ in range(repetitions):
        started = time.perf_counter()
        function(x)
        times.append(time.perf_counter() - started)
    return 1e3 * statistics.median(times)


def main():
    """Time the gradient of a slice in turns, with both versions."""
    x = np.ones((200, 100), dtype=np.float32)
    gradient = grad(lambda A: np.sum(A[:, :50] ** 2))
    plain, fast = [], []
    for _ in range(5):
        acceleration.use_fast([])
        plain.append(milliseconds(gradient, x))
        acceleration.use_fast(["slices"])
        fast.append(milliseconds(gradient, x))
    print(f"np.add.at  {statistics.median(plain):.3f} ms")
    print(f"+=         {statistics.median(fast):.3f} ms")
    print(f"ratio      {statistics.median(fast) / statistics.median(plain):.2f}")


if __name__ == "__main__":
    main()
