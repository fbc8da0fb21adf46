"""Pictures of the optional exercises."""

from data.files import atomic_path


def new_figure(width, height):
    """An empty figure; sizes in inches."""
    from matplotlib.figure import Figure  # late: the tests of an exercise need none

    return Figure(figsize=(width, height), dpi=150, layout="constrained")


def save_figure(figure, name):
    """Write `results/NAME.png`."""
    with atomic_path(f"results/{name}.png") as path:
        figure.savefig(path)
    print(f"The picture is results/{name}.png.")
