"""Saving pictures, and files in one piece."""

import subprocess

import matplotlib.image
import numpy as np
import pytest

from data import save_images
from data.files import atomic_path
from data.images import tile
from tests.tools.helpers import python


def test_tiles_run_from_left_to_right_and_keep_their_pixels():
    images = np.arange(3.0)[:, None] + np.zeros((3, 4))
    canvas = tile(images, images_per_row=2, padding=1, digit_dimensions=(2, 2))
    assert canvas.tolist() == [
        [0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 1, 0],
        [0, 0, 0, 0, 1, 1, 0],
        [0, 0, 0, 0, 0, 0, 0],
        [0, 2, 2, 0, 0, 0, 0],
        [0, 2, 2, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ]


def test_a_picture_is_ink_on_white_in_a_folder_made_for_it(tmp_path):
    path = tmp_path / "new" / "folder" / "picture.png"
    save_images(np.eye(2).repeat(392, axis=1), path, vmin=0, vmax=1)
    pixels = matplotlib.image.imread(path)[..., :3]
    assert set(np.unique(pixels)) == {0.0, 1.0}
    assert pixels[0, 0].tolist() == [1, 1, 1]
    assert (1 - pixels).mean() == pytest.approx(784 / tile(np.zeros((2, 784))).size, rel=1e-3)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("shape", [(784,), (2, 28, 28), (0, 784), (3, 100)])
def test_images_of_another_shape_are_refused_with_both_shapes_named(tmp_path, shape):
    with pytest.raises(ValueError, match=r"784") as error:
        save_images(np.zeros(shape), tmp_path / "picture.png")
    assert str(shape) in str(error.value)


def test_saving_a_picture_does_not_touch_pyplot(tmp_path):
    code = (
        "import sys, numpy as np; from data import save_images; "
        "save_images(np.zeros((1, 784)), sys.argv[1]); sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    subprocess.run(python("-c", code, tmp_path / "x.png"), check=True)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def fail():
        with atomic_path(path) as temporary:
            temporary.write_text("half of the n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
