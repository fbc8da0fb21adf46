"""One run of the practical: its options, its reports and the files it writes."""

import argparse
import contextlib
import json
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from data.files import atomic_path
from support.messages import RunError, check_bound, check_finished, judge_result
from support.randomness import seed_all
from support.training import load_checkpoint, save_checkpoint

UNIT = "nats/image (dynamic binarisation)"
FULL_SIZE = 60_000
# Epochs by default, and with --quick: the subset has fewer steps in each.
EPOCHS = {"mnist": (30, 5), "subset": (200, 100)}


def positive(kind):
    """An argparse type: a number above 0."""

    def parse(text):
        number = kind(text)
        if not 0 < number < float("inf"):
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return number

    parse.__name__ = "whole number" if kind is int else "number"
    return parse


def whole_number(text):
    """An argparse type: a whole number that is not negative."""
    if int(text) < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return int(text)


def parse_options(argv):
    """The options of the command line."""
    parser = argparse.ArgumentParser(
        description="Train a variational auto-encoder on MNIST and draw what it has learnt."
    )
    add = parser.add_argument
    add("--epochs", type=positive(int), help="default: 30, on the subset 200")
    add("--quick", action="store_true", help="a short run: 5 epochs, on the subset 100")
    add("--batch-size", type=positive(int), default=200, help="images per step (%(default)s)")
    add("--learning-rate", type=positive(float), default=1e-3, help="Adam's (%(default)s)")
    add("--seed", type=whole_number, default=0, help="of all random numbers (%(default)s)")
    add(
        "--init-scale",
        type=positive(float),
        help="start from this times N(0, 1), as the original exercise did with 0.01; "
        "default: He initialisation",
    )
    add(
        "--data",
        choices=("auto", "mnist", "subset"),
        default="auto",
        help="full MNIST, the built-in 5,000 images, or whatever is to be had (%(default)s)",
    )
    add("--output-dir", type=Path, default=Path("results"), help="default: %(default)s")
    add("--resume", action="store_true", help="go on from the checkpoint in the output folder")
    return parser.parse_args(argv)


class Run:
    """The options of a run as attributes, and what happens around its training loop.

    Args:
        argv: command-line words; None for those of this process.
        file: the file whose exercises are to be finished.

    Raises:
        RunError: a function that training needs is not written yet, or the output folder cannot
            be written to.
    """

    def __init__(self, argv, file):
        self.options = parse_options(argv)
        self.file = file
        self.data = self.options.data
        self.batch_size = self.options.batch_size
        self.learning_rate = self.options.learning_rate
        self.init_scale = self.options.init_scale
        self.output_dir = self.options.output_dir
        check_finished(file)
        self.check_output_dir()
        seed_all(self.options.seed)
        self.seconds = 0.0
        self.bar = None
        self.remark = ""

    @property
    def checkpoint(self):
        """The path of the checkpoint."""
        return self.output_dir / "checkpoint.npz"

    def check_output_dir(self):
        """Stop now, not after an epoch, if nothing can be written."""
        try:
            with atomic_path(self.output_dir / ".writable"):
                pass
            (self.output_dir / ".writable").unlink()
        except OSError as error:
            raise RunError(
                f"Nothing can be written to {self.output_dir}: {error.strerror}. "
                "Choose another folder with --output-dir."
            ) from error

    def begin(self, state, train_images, test_images):
        """Settle what depends on the data; with --resume, go on from the checkpoint.

        Returns:
            The `TrainingState` to go on from.

        Raises:
            RunError: there is no checkpoint to resume from, or it is from a run of another kind.
        """
        data = "mnist" if len(train_images) == FULL_SIZE else "subset"
        self.epochs = self.options.epochs or EPOCHS[data][self.options.quick]
        self.num_batches = -(-len(train_images) // self.batch_size)
        self.settings = {
            "data": data,
            "seed": self.options.seed,
            "batch_size": self.batch_size,
            "learning_rate": self.learning_rate,
            "init_scale": self.init_scale,
        }
        self.history = {
            "baselines": {"independent_pixels": independent_pixels(train_images, test_images)},
            "epochs": [],
        }
        if self.options.resume:
            state, self.history = load_checkpoint(self.checkpoint, self.settings)
            print(f"Going on after epoch {state.epoch} of {self.checkpoint}.")
        elif self.checkpoint.exists():
            self.set_aside()
        print(
            f"{len(train_images):,} training and {len(test_images):,} test images ({data}), "
            f"{self.epochs} epochs.\nELBO = reconstruction - KL in {UNIT}; higher is better."
        )
        return state

    def set_aside(self):
        """Move the files of an earlier run into a folder of their own."""
        folder = self.output_dir / "previous"
        folder.mkdir(exist_ok=True)
        for path in self.output_dir.iterdir():
            if path.is_file():
                path.replace(folder / path.name)
        print(f"Starting anew; the results so far are now in {folder} (--resume would go on).")

    @contextlib.contextmanager
    def until_interrupted(self):
        """Run the block; Ctrl-C ends it, and the program goes on to the pictures."""
        try:
            yield
        except KeyboardInterrupt:
            saved = [row["epoch"] for row in self.history["epochs"]]
            print(
                "\nInterrupted: drawing what has been learnt so far. "
                + (f"--resume goes on after epoch {saved[-1]}." if saved else "No epoch was saved.")
            )
        finally:
            if self.bar is not None:
                self.bar.close()

    @contextlib.contextmanager
    def progress(self, state, unflatten):
        """Time one epoch; yields what is to be called after every step of it.

        Args:
            state: the `TrainingState`.
            unflatten: turns a gradient into those of the two networks.
        """
        from tqdm import tqdm

        if self.bar is None:
            self.bar = tqdm(
                total=self.epochs * self.num_batches,
                initial=state.epoch * self.num_batches,
                unit="step",
                disable=None,  # no bar where stderr is not a terminal
                leave=False,
                mininterval=0.2,
                bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} steps, {remaining} left{postfix}",
            )
        smooth = None

        def on_step(value, gradient):
            nonlocal smooth
            check_bound(value, unflatten(gradient) if state.t == 0 else None)
            smooth = value if smooth is None else 0.98 * smooth + 0.02 * value
            self.bar.set_postfix_str(f"ELBO {smooth:.1f} nats/image", refresh=False)
            self.bar.update()

        started = time.perf_counter()
        yield on_step
        self.seconds = time.perf_counter() - started

    def report(self, state, train, test):
        """Print, keep and save the results after an epoch (epoch 0: the untrained model).

        Args:
            state: the `TrainingState`.
            train, test: dicts of "elbo", "reconstruction" and "kl", nats/image.

        Raises:
            RunError: the results are not finite, or cannot be written.
        """
        if state.epoch == 0:
            self.history["baselines"]["untrained"] = test["elbo"]
            self.say(f"untrained      test ELBO {test['elbo']:7.1f} nats/image")
            return
        remark = judge_result(test, self.history["baselines"])
        row = {"epoch": state.epoch, "seconds": self.seconds, "train": train, "test": test}
        self.history["epochs"].append(row)
        try:
            save_checkpoint(self.checkpoint, state, self.settings, self.history)
            self.write_metrics()
        except OSError as error:
            raise RunError(
                f"Epoch {state.epoch} could not be saved to {self.output_dir}: {error.strerror}. "
                "The epoch before is: make room, and go on with --resume."
            ) from error
        self.say(
            f"epoch {state.epoch:3d}/{self.epochs}  train ELBO {parts(train)}  "
            f"test ELBO {parts(test)} nats/image  {self.seconds:.1f} s"
        )
        if remark != self.remark:
            self.say(remark)
            self.remark = remark

    def say(self, line):
        """Print a line above the progress bar."""
        if self.bar is None:
            print(line, flush=True)
        else:
            self.bar.write(line, file=sys.stdout)
            sys.stdout.flush()

    def write_metrics(self):
        """Write `metrics.json`: settings, versions, baselines and all epochs."""
        versions = {p: version(p) for p in ("numpy", "autograd", "matplotlib")}
        metrics = {
            **self.settings,
            "binarisation": "dynamic",
            "unit": "nats/image",
            "versions": {"python": platform.python_version(), **versions},
            **self.history,
        }
        with atomic_path(self.output_dir / "metrics.json") as path:
            path.write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")

    def finish(self):
        """Draw the training curve and say what is where."""
        from support.curve import draw_curve

        if self.history["epochs"]:
            draw_curve(self.history, self.output_dir / "training_curve.png")
            last = self.history["epochs"][-1]
            print(f"After epoch {last['epoch']}: test ELBO {last['test']['elbo']:.1f} {UNIT}.")
        print(f"Pictures and metrics.json are in {self.output_dir.resolve()}")


def parts(result):
    """ELBO = reconstruction - KL, in figures."""
    return f"{result['elbo']:6.1f} = {result['reconstruction']:6.1f} - {result['kl']:4.1f}"


def independent_pixels(train_images, test_images):
    """Expected log probability of test images if every pixel had its own fixed probability.

    This is what a model reaches that ignores z: the mean training image, in nats/image, for
    dynamically binarised test images.
    """
    count = len(train_images)
    p = (count * np.mean(train_images, axis=0, dtype=np.float64) + 1) / (count + 2)
    q = np.mean(test_images, axis=0, dtype=np.float64)
    return float(np.sum(q * np.log(p) + (1 - q) * np.log(1 - p)))


def save_pictures(pictures, folder, save_images):
    """Save those pictures whose function is written, and name the others.

    Args:
        pictures: a dict from file name to a function that returns images.
        folder: where to.
        save_images: saves images to a file.
    """
    missing = {}
    for name, make in pictures.items():
        try:
            images = make()
        except NotImplementedError as error:
            missing.setdefault(str(error), []).append(name)
        else:
            if images is None:
                print(f"{name} is not drawn: its function returned None. Is there a `return`?")
            else:
                save_images(images, Path(folder) / name, vmin=0, vmax=1)
    for task, names in missing.items():
        print(
            f"Not drawn, because {task} is not written yet: {', '.join(names)}. Write it, and "
            "--resume draws without training again."
        )
