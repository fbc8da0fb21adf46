"""Loading MNIST from every place it can come from, and what goes wrong there."""

import functools
import gzip
import hashlib
import http.server
import multiprocessing
import threading

import numpy as np
import pytest

from data import load_mnist, mnist
from data.make_subset import to_idx


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A folder with stand-ins for the four files of MNIST: 30 training and 10 test images."""
    monkeypatch.delenv("VAE_DATA_DIR", raising=False)
    monkeypatch.setattr(mnist, "HERE", tmp_path / "data")
    monkeypatch.setattr(mnist, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(mnist, "MIRRORS", ())
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "subset").symlink_to(mnist.Path(mnist.__file__).parent / "subset")
    rng = np.random.default_rng(0)
    arrays = [
        array.astype(np.uint8)
        for count in (30, 10)
        for array in (rng.integers(0, 256, (count, 28, 28)), np.arange(count) % 10)
    ]
    folder = tmp_path / "published"
    folder.mkdir()
    files = []
    for file, array in zip(mnist.MNIST, arrays, strict=True):
        contents = to_idx(array)
        packed = gzip.compress(contents)
        (folder / f"{file.name}.gz").write_bytes(packed)
        sums = [hashlib.sha256(data).hexdigest() for data in (contents, packed)]
        files.append(mnist.IdxFile(file.name, *sums))
    monkeypatch.setattr(mnist, "MNIST", tuple(files))
    return folder


class Server(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; `broken` cuts every file short."""

    broken = False

    def log_message(self, *args):
        pass

    def copyfile(self, source, outputfile):
        contents = source.read()
        outputfile.write(contents[:-7] + bytes(7) if self.broken else contents)


@pytest.fixture
def serve():
    """A function that serves a folder on the loopback interface and returns its address."""
    servers = []

    def start(folder, broken=False):
        handler = type("Handler", (Server,), {"broken": broken})
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(handler, directory=str(folder))
        )
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_subset_is_balanced_float32_in_0_to_1():
    N, train_images, train_labels, test_images, test_labels = load_mnist("subset")
    assert (N, len(train_images), len(test_images)) == (4500, 4500, 500)
    for images, labels, per_digit in (
        (train_images, train_labels, 450),
        (test_images, test_labels, 50),
    ):
        assert images.shape == (10 * per_digit, 784)
        assert images.dtype == np.float32
        assert (images.min(), images.max()) == (0, 1)
        assert labels.sum(axis=0).tolist() == [per_digit] * 10
        assert labels.sum(axis=1).tolist() == [1] * len(images)
    assert len(np.unique(np.concatenate([train_images, test_images]), axis=0)) == 5000


def test_a_pixel_of_255_is_exactly_1_and_0_exactly_0():
    assert mnist.scale(np.array([[0, 255]], dtype=np.uint8)).tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize("packed", [True, False])
def test_vae_data_dir_comes_first_gzipped_or_not(tiny, tmp_path, monkeypatch, packed):
    folder = tiny
    if not packed:
        folder = tmp_path / "unpacked"
        folder.mkdir()
        for file in mnist.MNIST:
            contents = gzip.decompress((tiny / f"{file.name}.gz").read_bytes())
            (folder / file.name).write_bytes(contents)
    monkeypatch.setenv("VAE_DATA_DIR", str(folder))
    N, train_images, train_labels, test_images, _ = load_mnist()
    assert (N, train_images.shape, test_images.shape) == (30, (30, 784), (10, 784))
    assert train_labels.argmax(axis=1).tolist() == [i % 10 for i in range(30)]


def test_the_project_folder_comes_before_the_cache(tiny, tmp_path):
    (tmp_path / "cache").mkdir()
    tiny.rename(tmp_path / "data" / "mnist")
    assert load_mnist()[0] == 30


def damage(path, how):
    if how == "missing":
        path.unlink()
    elif how == "truncated":
        path.write_bytes(path.read_bytes()[:-20])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "not gzip":
        path.write_bytes(b"<html>404</html>")
    else:
        path.write_bytes(gzip.compress(b"something else"))


@pytest.mark.parametrize("how", ["missing", "truncated", "empty", "not gzip", "wrong contents"])
def test_a_damaged_file_is_named_and_never_replaced_by_the_subset(tiny, monkeypatch, how):
    damage(tiny / "t10k-images-idx3-ubyte.gz", how)
    monkeypatch.setenv("VAE_DATA_DIR", str(tiny))
    with pytest.raises(mnist.DataError, match="t10k-images-idx3-ubyte"):
        load_mnist()


def test_without_any_data_the_subset_is_used_and_announced_in_one_line(tiny, capsys):
    assert load_mnist()[0] == 4500
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "subset of 5,000 images" in said


def test_asking_for_full_mnist_is_never_answered_with_the_subset(tiny):
    with pytest.raises(mnist.DownloadError):
        load_mnist("mnist")


def test_an_unknown_source_is_an_error():
    with pytest.raises(ValueError, match="subset"):
        load_mnist("cifar")


def test_a_download_ends_up_in_the_cache_and_is_not_repeated(tiny, tmp_path, monkeypatch, serve):
    monkeypatch.setattr(mnist, "MIRRORS", (serve(tiny),))
    first = load_mnist("mnist")
    monkeypatch.setattr(mnist, "MIRRORS", ())
    second = load_mnist("mnist")
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert sorted(p.name for p in (tmp_path / "cache").iterdir()) == sorted(
        file.name for file in mnist.MNIST
    )


@pytest.mark.parametrize("trouble", ["broken", "refused"])
def test_a_mirror_that_fails_is_followed_by_the_next(tiny, monkeypatch, serve, trouble):
    bad = serve(tiny, broken=True) if trouble == "broken" else "http://127.0.0.1:9/"
    monkeypatch.setattr(mnist, "MIRRORS", (bad, serve(tiny)))
    assert load_mnist("mnist")[0] == 30


def test_broken_downloads_are_reported_and_leave_no_trace(tiny, tmp_path, monkeypatch, serve):
    monkeypatch.setattr(mnist, "MIRRORS", (serve(tiny, broken=True), "http://127.0.0.1:9/"))
    with pytest.raises(mnist.DownloadError, match=r"hash.*127\.0\.0\.1:9: no connection"):
        load_mnist("mnist")
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_costs_a_message_not_the_data(
    tiny, tmp_path, monkeypatch, serve, capsys
):
    (tmp_path / "cache").write_text("a file where the folder should be")
    monkeypatch.setattr(mnist, "MIRRORS", (serve(tiny),))
    assert load_mnist("mnist")[0] == 30
    assert "could not be kept" in capsys.readouterr().err


def test_two_processes_may_download_at_once(tiny, tmp_path, monkeypatch, serve):
    monkeypatch.setattr(mnist, "MIRRORS", (serve(tiny),))
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=load_mnist, args=("mnist",)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert len(list((tmp_path / "cache").iterdir())) == 4
    monkeypatch.setattr(mnist, "MIRRORS", ())
    assert load_mnist("mnist")[0] == 30
