"""How long an epoch takes: the practical against other programs for the same model.

    python -m benchmarks.training                      the table in docs/training_speed.md
    python -m benchmarks.training --ablation           what each acceleration brings
    python -m benchmarks.training --growth             the plot in docs/pictures/growth.png

Every contestant is a process of its own that waits for its turn; the turns go round, so that
whatever else the machine does hits all alike. Ratios within a turn can be compared, seconds from
different runs cannot. OPENBLAS_CORETYPE is taken out of the environment, unless
--keep-coretype is given, since users do not have it.
"""

import argparse
import importlib.util
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks import contestants
from benchmarks.contestants import Config

ROOT = Path(__file__).parent.parent
EPOCH = 60_000  # images
# What is shown: title, contestant, accelerated or plain autograd, package it needs.
CONTESTANTS = {
    "matrix products alone": ("matrix_products", False, None),
    "JAX, jit": ("jax_jit", False, "jax"),
    "PyTorch, torch.compile, fused Adam": ("torch_compile", False, "torch"),
    "PyTorch, fused Adam": ("torch_fused", False, "torch"),
    "PyTorch eager": ("torch_eager", False, "torch"),
    "this practical": ("ours", True, None),
    "this practical, VAE_PLAIN_AUTOGRAD=1": ("ours", False, None),
    "original recipe": ("original", False, None),
}


def load_images():
    """MNIST's training images where they can be had, random ones of the same size elsewhere."""
    from data import load_mnist
    from data.mnist import DataError

    try:
        return load_mnist("mnist")[1]
    except DataError:
        return np.random.default_rng(0).random((EPOCH, 784), dtype=np.float32) ** 8


def work(name, config, count):
    """What a contestant's process does: an epoch of `count` images for every line it reads."""
    images = load_images()[:count]
    epoch = getattr(contestants, name)(config, images)
    print(json.dumps("ready"), flush=True)
    for number, _ in enumerate(sys.stdin):
        started = time.perf_counter()
        epoch(number)
        seconds = (time.perf_counter() - started) * EPOCH / len(images)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MiB on Linux
        print(json.dumps([seconds, peak]), flush=True)


class Contestant:
    """A process that trains one epoch whenever it is asked to, and what it took so far."""

    def __init__(self, name, config, fast, options):
        self.arguments = ["--images", str(options.images), "--work", name, json.dumps(config)]
        self.environment = environment = dict(os.environ, VAE_PLAIN_AUTOGRAD=str(int(not fast)))
        for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            environment[variable] = str(options.threads)
        if options.threads == 1:
            environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
        if not options.keep_coretype:
            environment.pop("OPENBLAS_CORETYPE", None)
        self.seconds, self.peak = [], 0

    def start(self):
        """Start the process."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.training", *self.arguments], cwd=ROOT,
            env=self.environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.read()

    def read(self):
        """The next line of its answers."""
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("a contestant died; see above")
        return json.loads(line)

    def epoch(self):
        """Train one epoch; how many seconds it took."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        seconds, self.peak = self.read()
        return seconds

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


def race(entries, options):
    """Run all contestants in turns.

    Args:
        entries: a dict from title to `(contestant, Config, accelerated)`.
        options: of the command line.

    Returns:
        A dict from title to the `Contestant` with its measurements; the first turn of each process,
        which compiles and fills caches, is left out.
    """
    running = {title: Contestant(*entry, options) for title, entry in entries.items()}
    for _ in range(options.processes):
        for contestant in running.values():
            contestant.start()
        for turn in range(options.repetitions + 1):
            for title, contestant in running.items():
                seconds = contestant.epoch()
                print(f"{turn}/{options.repetitions} {title}: {seconds:.2f} s", flush=True)
                if turn > 0:
                    contestant.seconds.append(seconds)
        for contestant in running.values():
            contestant.close()
    return running


def machine(options):
    """What was measured on, in a few lines."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    features = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    packages = [
        f"{name} {version(name)}"
        for name in ("numpy", "autograd", "torch", "jax")
        if importlib.util.find_spec(name)
    ]
    coretype = os.environ.get("OPENBLAS_CORETYPE", "") if options.keep_coretype else ""
    return (
        f"- {options.repetitions} repetitions in turns, in {options.processes} process(es) each, "
        f"{options.threads} thread(s), OPENBLAS_CORETYPE {coretype or 'unset'}\n"
        f"- Python {platform.python_version()}, {', '.join(packages)}, {platform.system()} "
        f"{platform.machine()}\n"
        f"- BLAS {blas['name']} {blas['version']}; numpy uses {' '.join(features)}\n"
    )


def ratio(contestant, reference):
    """How much longer a contestant took than the reference: the median over turns."""
    turns = zip(contestant.seconds, reference.seconds, strict=True)
    return statistics.median(ours / theirs for ours, theirs in turns)


def table(running, reference):
    """Markdown: medians, ranges, the ratio to the reference and memory."""
    rows = [
        f"| | median s/epoch | range | ratio to {reference} | peak MiB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for title, contestant in running.items():
        median = statistics.median(contestant.seconds)
        share = f"{ratio(contestant, running[reference]):.2f}" if reference in running else "-"
        span = f"{min(contestant.seconds):.2f} - {max(contestant.seconds):.2f}"
        rows.append(f"| {title} | {median:.2f} | {span} | {share} | {contestant.peak:.0f} |")
    return "\n".join(rows) + "\n"


def compare(options):
    """The practical against the others."""
    entries = {
        title: (name, Config(), fast)
        for title, (name, fast, package) in CONTESTANTS.items()
        if package is None or importlib.util.find_spec(package)
    }
    return table(race(entries, options), "PyTorch eager")


def ablation(options):
    """Every acceleration left out of the full set, and alone."""
    parts = contestants.parts()
    entries = {"all": ("ours", Config(), True)}
    entries |= {f"without {part}": ("ours", Config(without=part), False) for part in parts}
    entries["none"] = ("ours", Config(only="none"), False)
    entries |= {f"only {part}": ("ours", Config(only=part), False) for part in parts}
    return table(race(entries, options), "all")


GROWTH = {
    "batch_size": (20, 50, 100, 200, 500, 1000, 2000),
    "hidden": (50, 100, 200, 500, 1000),
    "latent": (2, 10, 50, 200),
}
LABELS = {"batch_size": "batch size", "hidden": "hidden units", "latent": "latent dimensions"}


def growth(options):
    """Epoch time of ours and PyTorch eager as one size grows: a table, and a plot of it."""
    rows = []
    for name, values in GROWTH.items():
        for value in values:
            config = Config()._replace(**{name: value})
            entries = {"ours": ("ours", config, True), "torch": ("torch_eager", config, False)}
            ran = race(entries, options)
            medians = (statistics.median(contestant.seconds) for contestant in ran.values())
            rows.append((name, value, *medians, ratio(ran["ours"], ran["torch"])))
    draw_growth(rows)
    lines = ["| | ours, s/epoch | PyTorch eager, s/epoch | ratio |", "| --- | --- | --- | --- |"]
    for name, value, ours, theirs, share in rows:
        lines.append(f"| {LABELS[name]} {value} | {ours:.2f} | {theirs:.2f} | {share:.2f} |")
    return "\n".join(lines) + "\n"


def draw_growth(rows):
    """Draw the plot in `docs/pictures/growth.png`.

    Args:
        rows: `(name, value, seconds of ours, seconds of PyTorch, ratio)`.
    """
    from matplotlib.figure import Figure

    from data.files import atomic_path

    figure = Figure(figsize=(10, 3.2), dpi=150, layout="constrained")
    for axes, name in zip(figure.subplots(1, 3), GROWTH, strict=True):
        _, values, ours, theirs, _ = zip(*(row for row in rows if row[0] == name), strict=True)
        axes.loglog(values, theirs, "s--", color="#c8641e", label="PyTorch eager", markersize=4)
        axes.loglog(values, ours, "o-", color="#1f5fa8", label="this practical", markersize=4)
        axes.set_xlabel(LABELS[name])
        axes.set_xticks(values, [str(value) for value in values], fontsize=8)
        axes.minorticks_off()
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_ylim(0.5, 20)
        axes.set_yticks([0.5, 1, 2, 5, 10, 20], ["0.5", "1", "2", "5", "10", "20"])
    figure.axes[0].set_ylabel("seconds per epoch")
    figure.axes[0].legend(frameon=False)
    with atomic_path(ROOT / "docs" / "pictures" / "growth.png") as path:
        figure.savefig(path)


def main():
    """Measure, print, and keep the result in docs/."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument(
        "--images", type=int, default=EPOCH,
        help="for more and shorter turns: so many images in each, the time scaled to 60,000",
    )  # fmt: skip
    parser.add_argument("--processes", type=int, default=1, help="start all anew so many times")
    parser.add_argument("--keep-coretype", action="store_true")
    parser.add_argument("--ablation", action="store_true")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--output", type=Path, help="write the result to this file as well")
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        name, config = options.work
        work(name, Config(*json.loads(config)), options.images)
        return
    measure = ablation if options.ablation else growth if options.growth else compare
    words = [word for word in sys.argv[1:] if word != "--output" and word != str(options.output)]
    result = measure(options)
    text = (
        f"`{' '.join(['python -m benchmarks.training', *words])}`\n\n{machine(options)}\n{result}"
    )
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
