"""Pictures of rows of pixels: ink on white, as in the figures of the practical."""

import numpy as np

from data.files import atomic_path

PIXEL = 4  # size of one image pixel on the picture, in picture pixels


def tile(images, images_per_row=5, padding=5, digit_dimensions=(28, 28)):
    """Put images side by side on one canvas.

    Args:
        images: `(B, D)`, one image a row, `D = height * width`.
        images_per_row: how many before a new line begins.
        padding: pixels between and around images.
        digit_dimensions: `(height, width)` of one image, in pixels.

    Returns:
        A 2-D array; the padding has the smallest value in `images`.

    Raises:
        ValueError: `images` is not 2-D, is empty, or has another number of pixels.
    """
    images = np.asarray(images)
    height, width = digit_dimensions
    if images.ndim != 2 or len(images) == 0 or images.shape[1] != height * width:
        raise ValueError(
            f"save_images got an array of shape {images.shape}; it needs (number of images, "
            f"{height * width}), one image of {height} x {width} pixels a row."
        )
    num_rows = -(-len(images) // images_per_row)
    canvas = np.full(
        ((height + padding) * num_rows + padding, (width + padding) * images_per_row + padding),
        np.min(images),
    )
    for i, image in enumerate(images):
        top = padding + (height + padding) * (i // images_per_row)
        left = padding + (width + padding) * (i % images_per_row)
        canvas[top : top + height, left : left + width] = image.reshape(digit_dimensions)
    return canvas


def save_images(
    images,
    file_name,
    ims_per_row=5,
    padding=5,
    digit_dimensions=(28, 28),
    cmap="binary",
    **imshow_options,
):
    """Save images, one a row of `images`, as one picture file.

    Args:
        images: `(B, 784)`, larger values are drawn darker.
        file_name: where to; its ending chooses the format, missing folders are made.
        ims_per_row, padding, digit_dimensions: the layout, see `tile`.
        cmap: matplotlib's colour map.
        imshow_options: anything else that matplotlib's `imshow` takes, such as `vmin=0, vmax=1`;
            without these two the darkest value becomes black and the lightest white.

    Raises:
        ValueError: the shape of `images` is wrong.
        OSError: the file cannot be written.
    """
    # A Figure of its own, not pyplot: no window, no global state, and 0.2 s less to import.
    from matplotlib.figure import Figure

    canvas = tile(images, ims_per_row, padding, digit_dimensions)
    height, width = canvas.shape
    figure = Figure(figsize=(width * PIXEL / 100, height * PIXEL / 100), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.imshow(canvas, cmap=cmap, **{"interpolation": "nearest", **imshow_options})
    with atomic_path(file_name) as path:
        figure.savefig(path)
