"""Whether float32 and the accelerations cost anything: test ELBOs over seeds, against float64.

    python -m benchmarks.precision --output docs/precision.md

Trains the practical for 30 epochs on MNIST from several seeds, in float32 as it is and in float64.
"""

import argparse
from pathlib import Path

import numpy as np

from data import load_mnist
from solutions import vae
from support import TrainingState, flatten
from support.randomness import seed_all


def final_elbo(seed, dtype, epochs, train_images, test_images):
    """The test ELBO after training, in nats/image (dynamic binarisation)."""
    seed_all(seed)
    networks = [
        [(W.astype(dtype), b.astype(dtype)) for W, b in vae.init_net_params(sizes)]
        for sizes in ([vae.K, 200, 200, vae.D], [vae.D, 200, 200, 2 * vae.K])
    ]
    params, unflatten = flatten(tuple(networks))
    state = TrainingState(params, vae.initialize_adam(params))
    for _ in range(epochs):
        vae.train_epoch(state, unflatten, train_images, 200, 1e-3, lambda *step: None)
    assert state.params.dtype == dtype
    return vae.evaluate(*unflatten(state.params), test_images)["elbo"]


def main():
    """Train, print a table, and keep it in docs/."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    _, train_images, _, test_images, _ = load_mnist("mnist")
    elbos = np.zeros((2, options.seeds))
    lines = ["| seed | float32 | float64 |", "| --- | --- | --- |"]
    for seed in range(options.seeds):
        for row, dtype in enumerate((np.float32, np.float64)):
            elbos[row, seed] = final_elbo(seed, dtype, options.epochs, train_images, test_images)
        lines.append(f"| {seed} | {elbos[0, seed]:.2f} | {elbos[1, seed]:.2f} |")
        print(lines[-1], flush=True)
    means, spreads = elbos.mean(axis=1), elbos.std(axis=1, ddof=1)
    lines.append(
        f"| mean (standard deviation) | {means[0]:.2f} ({spreads[0]:.2f}) | "
        f"{means[1]:.2f} ({spreads[1]:.2f}) |"
    )
    text = (
        "# float32 against float64\n\n"
        f"`python -m benchmarks.precision --epochs {options.epochs} --seeds {options.seeds}`: test "
        "ELBO in nats/image (dynamic binarisation), all 10,000 test images.\n\n"
        + "\n".join(lines)
        + "\n"
    )
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
