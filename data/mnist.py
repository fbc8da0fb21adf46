"""MNIST: from a folder, the cache, a download, or the small subset that ships with the practical.

Wherever the files come from, their contents are compared with the published SHA-256 sums, so a
truncated download cannot pass for data.
"""

import gzip
import hashlib
import os
import sys
import tempfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data.files import atomic_path

HERE = Path(__file__).parent
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
TIMEOUT = (5, 20)  # seconds to connect, and between two pieces of a download


class IdxFile(NamedTuple):
    """One file of a data set in the IDX format: SHA-256 of its contents, and of its .gz."""

    name: str
    sha256: str
    gz_sha256: str = ""


# Sums and mirrors: the files published by LeCun, Cortes and Burges.
MNIST = (
    IdxFile(
        "train-images-idx3-ubyte",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    IdxFile(
        "train-labels-idx1-ubyte",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    IdxFile(
        "t10k-images-idx3-ubyte",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    IdxFile(
        "t10k-labels-idx1-ubyte",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
)
# 5,000 images of the training set: see subset/README.md and make_subset.py.
SUBSET = (
    IdxFile(
        "train-images-idx3-ubyte",
        "5bb4184c8e61ef6106f40d6945cefa08ad32e4732e746ecd1b87cb5b8090277c",
    ),
    IdxFile(
        "train-labels-idx1-ubyte",
        "3696a7e1ad8995f0390cae6e8a39067f4d97e8670bb4d430ec9b23b387b28dea",
    ),
    IdxFile(
        "t10k-images-idx3-ubyte",
        "7e789db23d5b814307ba6b7ac80d72ea1466822886c2e33d21bdde41a73f7dfd",
    ),
    IdxFile(
        "t10k-labels-idx1-ubyte",
        "bff6dc5f09856bdf0e856681d9c7259b54223de3b262d430ebf5389f6e6265ee",
    ),
)


class DataError(Exception):
    """The data cannot be used as they are; the message says why and what to do."""


def load_mnist(source="auto"):
    """Load handwritten digits.

    Args:
        source: `"mnist"`, the full set, from the first of: the folder that the environment
            variable VAE_DATA_DIR names, `data/mnist/`, the user's cache, a download;
            `"subset"`, the 5,000 images that ship with the practical;
            `"auto"`, the full set, and the subset where that cannot be had.

    Returns:
        `N, train_images, train_labels, test_images, test_labels`: the number of training images,
        images `(N, 784)` float32 in [0, 1], labels `(N, 10)` one-hot integers.

    Raises:
        DataError: a file is missing or is not what was published, or nothing can be downloaded
            where the full set was asked for.
        ValueError: there is no such source.
    """
    if source not in ("auto", "mnist", "subset"):
        raise ValueError(f'load_mnist got source={source!r}; it needs "auto", "mnist" or "subset".')
    if source == "subset":
        arrays = read_folder(HERE / "subset", SUBSET)
    else:
        try:
            arrays = read_full_mnist()
        except DownloadError as error:
            if source == "mnist":
                raise
            print(
                f"Using the built-in subset of 5,000 images, because {error}",
                file=sys.stderr,
            )
            arrays = read_folder(HERE / "subset", SUBSET)
    train_images, train_labels, test_images, test_labels = arrays
    return (
        len(train_images),
        scale(train_images),
        one_hot(train_labels),
        scale(test_images),
        one_hot(test_labels),
    )


def scale(images):
    """Bytes `(N, 28, 28)` as float32 `(N, 784)`: 0 becomes 0 and 255 exactly 1."""
    return np.divide(images.reshape(len(images), -1), np.float32(255), dtype=np.float32)


def one_hot(labels, num_classes=10):
    """Labels `(N,)` as `(N, 10)` with a one in the column of the label."""
    return (labels[:, None] == np.arange(num_classes)).astype(int)


def read_full_mnist():
    """The four arrays of MNIST from the first place that has them, downloading as a last resort."""
    if os.environ.get("VAE_DATA_DIR"):
        folder = Path(os.environ["VAE_DATA_DIR"]).expanduser()
        if not folder.is_dir():
            raise DataError(
                f"VAE_DATA_DIR names {folder}, and there is no such folder. "
                "Set it to the folder of the four files of MNIST, or unset it."
            )
        return read_folder(folder, MNIST)
    if any(find(HERE / "mnist", file.name) for file in MNIST):
        return read_folder(HERE / "mnist", MNIST)
    # All, not any: another process may be filling the cache right now.
    if all(find(cache_folder(), file.name) for file in MNIST):
        return read_folder(cache_folder(), MNIST)
    return download(cache_folder())


def cache_folder():
    """Where downloaded data are kept: the place that the operating system has for such files."""
    from platformdirs import user_cache_path

    return user_cache_path("vae-practical", appauthor=False) / "mnist"


def find(folder, name):
    """The path of the file `name`, plain or gzipped, in `folder`; None if it is not there."""
    return next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)


def read_folder(folder, files):
    """Read and verify the IDX files of one data set.

    Raises:
        DataError: a file is missing, unreadable or not what was published.
    """
    arrays = []
    for file in files:
        path = find(folder, file.name)
        if path is None:
            raise DataError(
                f"{folder} has no file {file.name} or {file.name}.gz. It needs all of: "
                f"{', '.join(f.name for f in files)}."
            )
        arrays.append(read_idx(path, file.sha256))
    return arrays


def read_idx(path, sha256):
    """Read one IDX file of unsigned bytes, gzipped or not, if its contents have this sum."""
    try:
        contents = path.read_bytes()
        if path.suffix == ".gz":
            contents = gzip.decompress(contents)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read: {error}. Delete it or replace it.") from error
    found = hashlib.sha256(contents).hexdigest()
    if found != sha256:
        raise DataError(
            f"{path} is not the published file: its contents ({len(contents):,} bytes) have "
            f"SHA-256 {found[:12]}..., expected {sha256[:12]}.... It may be truncated: delete it "
            "or replace it."
        )
    num_dimensions = contents[3]
    shape = np.frombuffer(contents, ">i4", count=num_dimensions, offset=4)
    return np.frombuffer(contents, np.uint8, offset=4 + 4 * num_dimensions).reshape(shape)


class DownloadError(DataError):
    """No mirror could be reached, or none sent the published files."""


def download(folder):
    """Download MNIST, verify it, keep it unpacked in `folder` and return its four arrays.

    Every file appears in `folder` complete or not at all, so any number of processes may do this
    at once. A folder that cannot be written to costs only the next download.
    """
    reasons = []
    for mirror in MIRRORS:
        try:
            with tempfile.TemporaryDirectory() as temporary:
                packed = [fetch(mirror, file, temporary) for file in MNIST]
                arrays = [read_idx(p, f.sha256) for p, f in zip(packed, MNIST, strict=True)]
                try:
                    for path, file in zip(packed, MNIST, strict=True):
                        with atomic_path(folder / file.name) as unpacked:
                            unpacked.write_bytes(gzip.decompress(path.read_bytes()))
                except OSError as error:
                    print(f"MNIST could not be kept in {folder}: {error}", file=sys.stderr)
                return arrays
        except (OSError, ValueError, DataError) as error:  # requests' errors are OSErrors
            reasons.append(f"{mirror.split('/')[2]}: {reason(error)}")
    raise DownloadError(
        f"MNIST could not be downloaded ({'; '.join(reasons)}). If you have its four files, put "
        f"them into {HERE / 'mnist'} or set the environment variable VAE_DATA_DIR to their folder."
    )


def fetch(mirror, file, folder):
    """Download one packed file into `folder` and return its path, if it has the published sum."""
    import pooch  # late: it takes as long to import as numpy

    pooch.get_logger().setLevel("WARNING")
    return Path(
        pooch.retrieve(
            f"{mirror}{file.name}.gz",
            known_hash=file.gz_sha256,
            fname=f"{file.name}.gz",
            path=folder,
            downloader=pooch.HTTPDownloader(
                progressbar=sys.stderr is not None and sys.stderr.isatty(), timeout=TIMEOUT
            ),
        )
    )


def reason(error):
    """Why a download failed, in a few words: requests' own messages fill a screen."""
    import requests

    if isinstance(error, requests.exceptions.Timeout):
        return "no answer"
    if isinstance(error, requests.exceptions.HTTPError):
        return str(error)
    if isinstance(error, requests.exceptions.ConnectionError):
        return "no connection"
    return " ".join(str(error).split())
