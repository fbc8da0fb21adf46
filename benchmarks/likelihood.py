"""How probable are digits? log p(x) of MNIST's test images, against published numbers.

    python -m benchmarks.likelihood --output docs/likelihood.md

Trains the practical for 30 epochs as it is; for many, with a learning rate that falls to zero over
the last third of each cycle; and goes on from there as an importance-weighted autoencoder. Then it
estimates log p(x) of all 10,000 test images from 5,000 samples of q(z|x) each. All progress is kept
in results/likelihood/: interrupted, the same command goes on.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from autograd import value_and_grad

from data import load_mnist
from data.files import atomic_path
from solutions import vae
from solutions.marginal_likelihood import log_mean_exp, log_weights
from support import TrainingState, flatten, own_stream, rng
from support.randomness import seed_all
from support.training import load_checkpoint, save_checkpoint

FOLDER = Path("results/likelihood")
SAMPLES = 5000
CHUNK, BLOCK = 10, 100  # images and samples at a time: small enough for the processor's cache
# Burda, Grosse and Salakhutdinov (2015), Table 1, one stochastic layer.
PUBLISHED = {"VAE, Burda et al.": -86.76, "IWAE, k = 50, Burda et al.": -84.78}


class Plan(NamedTuple):
    """How a model is trained: in cycles, with a rate that falls to zero at the end of each."""

    epochs: int  # of a cycle
    decay: int = 0  # over so many of them the rate falls, linearly
    cycles: int = 1
    rate: float = 1e-3
    samples: int = 1  # 1: the ELBO, with its KL in closed form; k: the bound of k samples
    start: str = ""  # the model to start from


def plans(options):
    """The models, by name."""
    return {
        "practical": Plan(30),
        "vae": Plan(options.epochs, options.epochs // 3, options.cycles),
        "iwae": Plan(options.iwae_epochs, options.iwae_epochs, 1, 5e-4, options.k, "vae"),
    }


def train(name, plan, images):
    """The networks of a model, trained from where its checkpoint is."""
    seed_all(0)
    sizes = [vae.K, 200, 200, vae.D], [vae.D, 200, 200, 2 * vae.K]
    params, unflatten = flatten(tuple(vae.init_net_params(size) for size in sizes))
    path, settings = FOLDER / f"{name}.npz", {"plan": list(plan)}
    if path.exists():
        state, _ = load_checkpoint(path, settings)
    else:
        if plan.start:
            with np.load(FOLDER / f"{plan.start}.npz") as file:
                params = file["params"]
        state = TrainingState(params, vae.initialize_adam(params))

    def bound(params, batch):
        if plan.samples == 1:
            return vae.vae_lower_bound(*unflatten(params), batch)
        noise = rng.standard_normal((plan.samples, len(batch), vae.K), dtype=np.float32)
        return np.mean(log_mean_exp(log_weights(*unflatten(params), batch, noise)))

    while state.epoch < plan.epochs * plan.cycles:
        left = plan.epochs - state.epoch % plan.epochs
        rate = plan.rate * min(1, left / max(plan.decay, 1))
        mean, order = 0.0, rng.permutation(len(images))
        for rows in np.split(order, len(images) // 200):
            batch = vae.binarise(images[rows])
            value, gradient = value_and_grad(bound)(state.params, batch)
            state.advance(
                vae.adam_update(state.params, gradient, state.m, state.v, state.t + 1, rate)
            )
            mean += value * 200 / len(images)
        state.epoch += 1
        save_checkpoint(path, state, settings, [])
        print(
            f"{name} {state.epoch}/{plan.epochs * plan.cycles}: bound {mean:.2f} nats/image",
            flush=True,
        )
    return unflatten(state.params)


def log_p(name, networks, images):
    """log p(x) of binary images in nats, `(B,)`, estimated by importance sampling."""
    path, found = FOLDER / f"{name}_log_p.npy", np.zeros(0)
    if path.exists():
        found = np.load(path)
    for start in range(len(found), len(images), CHUNK):
        noise = np.random.default_rng([1, start])
        chunk, parts = images[start : start + CHUNK], []
        for _ in range(SAMPLES // BLOCK):
            e = noise.standard_normal((BLOCK, len(chunk), vae.K), dtype=np.float32)
            parts.append(log_weights(*networks, chunk, e))
        found = np.append(found, log_mean_exp(np.concatenate(parts).astype(float)))
        if start % 500 == 0 or len(found) == len(images):
            with atomic_path(path) as temporary, open(temporary, "wb") as file:
                np.save(file, found)
            print(f"{name}: {len(found)} images, mean {found.mean():.2f} nats/image", flush=True)
    return found


def draw(rows, path):
    """The log p(x) of all models as a dot plot."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 0.5 * len(rows) + 0.9), dpi=120, layout="constrained")
    axes = figure.subplots()
    for height, (_, value, _, ours) in enumerate(reversed(rows)):
        axes.plot(value, height, "o" if ours else "D", color="#1f5fa8" if ours else "#c55a11")
        axes.annotate(f"{value:.2f}", (value, height), (0, 6), textcoords="offset points")
    axes.set_yticks(range(len(rows)), [row[0] for row in reversed(rows)])
    axes.set(xlabel="log p(x), nats/image (dynamic binarisation)", ylim=(-0.5, len(rows)))
    axes.spines[["top", "right"]].set_visible(False)
    with atomic_path(path) as temporary:
        figure.savefig(temporary)


def main():
    """Train, estimate, print a table, and keep it in docs/."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=600, help="of a cycle (%(default)s)")
    parser.add_argument("--cycles", type=int, default=2, help="of the VAE (%(default)s)")
    parser.add_argument("--iwae-epochs", type=int, default=40, help="(%(default)s)")
    parser.add_argument("--k", type=int, default=10, help="samples of the IWAE (%(default)s)")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    _, train_images, _, test_images, _ = load_mnist("mnist")
    with own_stream(0):
        data = vae.binarise(test_images)
    titles = {
        "practical": "the practical, 30 epochs",
        "vae": f"VAE, {options.epochs * options.cycles} epochs",
        "iwae": f"IWAE, k = {options.k}, {options.iwae_epochs} epochs more",
    }
    rows, trained = [], {}
    for name, plan in plans(options).items():
        trained[name] = train(name, plan, train_images)
    for name, networks in trained.items():
        values = log_p(name, networks, data)
        elbo = vae.evaluate(*networks, test_images)["elbo"]
        error = values.std(ddof=1) / np.sqrt(len(values))
        rows.append((titles[name], values.mean(), f"{error:.2f} | {elbo:.2f}", True))
    rows += [(title, value, "- | -", False) for title, value in PUBLISHED.items()]
    rows.sort(key=lambda row: row[1])
    lines = [f"| {title} | {value:.2f} | {more} |" for title, value, more, _ in rows]
    text = "\n".join(
        [
            "# log p(x) of MNIST's test images",
            "",
            f"`python -m benchmarks.likelihood --epochs {options.epochs} --cycles "
            f"{options.cycles} --iwae-epochs {options.iwae_epochs} --k {options.k}`",
            "",
            "| | log p(x), nats/image | standard error | ELBO |",
            "| --- | --- | --- | --- |",
            *lines,
            "",
            f"All 10,000 test images, binarised once, {SAMPLES:,} importance samples each; on",
            "average such an estimate is below log p(x). ELBO: as the practical reports it.",
            "",
            "The same layers as in the paper (Table 1, one stochastic layer), but relu for tanh,",
            "He initialisation, float32, batches of 200 for 20, fewer epochs than its 3,280. The",
            "learning rate is 1e-3, linear to zero over the last third of each cycle of the VAE;",
            "the paper lowers it in eight stages. The IWAE goes on from the VAE, with a rate that",
            "falls from 5e-4 to zero, instead of starting anew.",
            "",
            "![log p(x) of all models](pictures/likelihood.png)",
            "",
        ]
    )
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")
        draw(rows, options.output.parent / "pictures" / "likelihood.png")


if __name__ == "__main__":
    main()
