"""The training curve, for the report."""

from data.files import atomic_path

INK, GREY, BLUE, ORANGE = "#222222", "#8a8a8a", "#1f5fa8", "#c8641e"
TICKS = [60, 70, 80, 90, 100, 120, 150, 200, 300, 400, 600, 800]


def draw_curve(history, file_name):
    """Draw train and test ELBO, and its two parts, against epochs.

    Args:
        history: "baselines" and "epochs" as in `metrics.json`.
        file_name: the picture to write.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.4), dpi=150, layout="constrained")
    bound, reconstruction, kl = figure.subplots(1, 3, width_ratios=(2, 1, 1))
    epochs = [row["epoch"] for row in history["epochs"]]
    panels = (("elbo", bound), ("reconstruction", reconstruction), ("kl", kl))
    for key, axes in panels:
        for part, colour, style in (("train", ORANGE, "--"), ("test", BLUE, "-")):
            values = [row[part][key] for row in history["epochs"]]
            marker = "o" if len(epochs) == 1 else None
            axes.plot(epochs, values, style, color=colour, label=part, marker=marker)
        axes.set_xlabel("epoch")
        axes.spines[["top", "right"]].set_visible(False)
        axes.xaxis.get_major_locator().set_params(integer=True)

    # Logarithmic in -ELBO: the untrained model and a tenth of a nat have room in one picture.
    bound.set_yscale("symlog", linthresh=10)
    for name, value in history["baselines"].items():
        bound.axhline(value, color=GREY, linewidth=0.8, linestyle=":")
        text = f"{name.replace('_', ' ')} {value:.0f}"
        bound.annotate(
            text, (1, value), xycoords=("axes fraction", "data"), xytext=(0, 2),
            textcoords="offset points", ha="right", va="bottom", fontsize=7.5, color=GREY,
        ).set_in_layout(False)  # fmt: skip
    best = max(row[part]["elbo"] for row in history["epochs"] for part in ("train", "test"))
    lowest = min(
        [row["train"]["elbo"] for row in history["epochs"]] + [*history["baselines"].values()]
    )
    bound.set_ylim(lowest * 1.1, best / 1.1)
    ticks = [-tick for tick in TICKS if lowest * 1.1 <= -tick <= best / 1.1]
    bound.set_yticks(ticks, [str(tick) for tick in ticks])
    bound.minorticks_off()
    bound.set_title("ELBO", fontsize=10, loc="left", color=INK)
    reconstruction.set_title("reconstruction", fontsize=10, loc="left", color=INK)
    kl.set_title("KL (is subtracted)", fontsize=10, loc="left", color=INK)
    bound.set_ylabel("nats/image, dynamic binarisation", fontsize=8)
    kl.legend(frameon=False, fontsize=8)
    with atomic_path(file_name) as path:
        figure.savefig(path)
