"""Whole runs of the practical: what they write, and what interrupts them."""

import json
import os
import resource
import signal
import subprocess
import time

import numpy as np
import pytest

from data import load_mnist
from grading.stubs import find_regions, make_stub
from support.messages import RunError
from tests.tools.helpers import ROOT, SOLUTION, load_source, python, replace

PICTURES = ["samples.png", "reconstructions.png", "training_curve.png"]
PICTURES += [f"interpolation_{i}.png" for i in range(1, 6)]
EXERCISES = [line[4:].split("(")[0] for line in SOLUTION.splitlines() if line.startswith("def ")]
EXERCISES = [name for name in EXERCISES if f": {name}" in make_stub(SOLUTION, "vae.py")]


def small(N, *arrays):
    """The data cut down to 300 training and 50 test images."""
    train_images, train_labels, test_images, test_labels = arrays
    return 300, train_images[:300], train_labels[:300], test_images[:50], test_labels[:50]


NOISE_64 = "np.random.randn(*mean.shape)"


@pytest.fixture
def make(tmp_path, monkeypatch):
    """A function that turns the text of a `vae.py` into a module that trains on few images."""

    def make(source=SOLUTION):
        vae = load_source(source, tmp_path)
        vae.load_mnist = lambda source: small(*load_mnist("subset"))
        return vae

    return make


def params_of(folder):
    with np.load(folder / "checkpoint.npz") as file:
        return file["params"]


def without_seconds(folder):
    """`metrics.json`, apart from what differs between equal runs."""
    metrics = json.loads((folder / "metrics.json").read_text())
    for row in metrics["epochs"]:
        del row["seconds"]
    return metrics


def unsolve(*names):
    """The solution with these functions as in the stub."""
    lines = SOLUTION.splitlines()
    for begin, end in reversed(find_regions(SOLUTION, "vae.py")):
        function = next(x for x in reversed(lines[:begin]) if x.startswith("def "))
        name = function[4:].split("(")[0]
        if name in names:
            lines[begin - 1 : end] = [f'    raise NotImplementedError("Task 0.0: {name}")']
    return "\n".join(lines)


def test_a_run_writes_pictures_metrics_and_a_checkpoint_and_learns(make, tmp_path, capsys):
    folder = tmp_path / "deep" / "results"
    make().main(["--epochs", "3", "--batch-size", "20", "--output-dir", str(folder)])
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        [*PICTURES, "metrics.json", "checkpoint.npz"]
    )
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["data"] == "subset"
    assert metrics["binarisation"] == "dynamic"
    assert metrics["seed"] == 0
    assert set(metrics["versions"]) == {"python", "numpy", "autograd", "matplotlib"}
    assert [row["epoch"] for row in metrics["epochs"]] == [1, 2, 3]
    for row in metrics["epochs"]:
        assert row["seconds"] > 0
        for part in (row["train"], row["test"]):
            assert part["elbo"] == pytest.approx(part["reconstruction"] - part["kl"])
    elbos = [row["test"]["elbo"] for row in metrics["epochs"]]
    assert metrics["baselines"]["untrained"] < elbos[0] < elbos[2] < 0
    assert -260 < metrics["baselines"]["independent_pixels"] < -180
    said = capsys.readouterr().out
    assert "nats/image (dynamic binarisation)" in said
    assert f"test ELBO {elbos[-1]:.1f} nats/image (dynamic binarisation)" in said
    assert str(folder) in said


def test_the_independent_pixel_baseline_is_the_entropy_of_pixels_that_match(make):
    from support.run import independent_pixels

    images = np.full((10**6, 1), 0.25, dtype=np.float32)  # many, so that smoothing vanishes
    entropy = 0.25 * np.log(4) + 0.75 * np.log(4 / 3)
    assert independent_pixels(images, images) == pytest.approx(-entropy, rel=1e-6)


def test_resuming_ends_with_the_same_parameters_as_not_having_stopped(make, tmp_path):
    once, twice = tmp_path / "once", tmp_path / "twice"
    make().main(["--epochs", "3", "--output-dir", str(once)])
    make().main(["--epochs", "1", "--output-dir", str(twice)])
    make().main(["--epochs", "3", "--output-dir", str(twice), "--resume"])
    assert np.array_equal(params_of(once), params_of(twice))
    assert without_seconds(once) == without_seconds(twice)


@pytest.mark.parametrize("noise", [NOISE_64, "rng.normal(size=mean.shape)"])
def test_resuming_is_exact_whichever_random_numbers_the_student_uses(make, tmp_path, noise):
    source = replace(SOLUTION, "rng.standard_normal(mean.shape, dtype=np.float32)", noise)
    test_resuming_ends_with_the_same_parameters_as_not_having_stopped(
        lambda: make(source), tmp_path
    )


def interrupt_after(steps):
    """The solution, which presses Ctrl-C by itself in one of its steps."""
    line = "    step = learning_rate"
    return replace(SOLUTION, line, f"    if t == {steps}: raise KeyboardInterrupt\n{line}")


def test_ctrl_c_draws_what_has_been_learnt_and_loses_only_the_running_epoch(make, tmp_path, capsys):
    once, twice = tmp_path / "once", tmp_path / "twice"
    options = ["--epochs", "3", "--batch-size", "50", "--output-dir"]  # 6 steps an epoch
    make().main([*options, str(once)])
    make(interrupt_after(9)).main([*options, str(twice)])
    assert "--resume goes on after epoch 1" in capsys.readouterr().out
    assert all((twice / name).exists() for name in PICTURES)
    make().main([*options, str(twice), "--resume"])
    assert np.array_equal(params_of(once), params_of(twice))


def test_ctrl_c_in_the_first_epoch_still_draws(make, tmp_path, capsys):
    make(interrupt_after(2)).main(
        ["--epochs", "3", "--batch-size", "50", "--output-dir", str(tmp_path / "r")]
    )
    assert (tmp_path / "r" / "samples.png").exists()
    assert "No epoch was saved" in capsys.readouterr().out


def test_evaluation_does_not_change_training(make, tmp_path):
    make().main(["--epochs", "2", "--output-dir", str(tmp_path / "a")])
    vae = make()
    vae.evaluate = lambda *args: {"elbo": -1.0, "reconstruction": -1.0, "kl": 0.0}
    vae.main(["--epochs", "2", "--output-dir", str(tmp_path / "b")])
    assert np.array_equal(params_of(tmp_path / "a"), params_of(tmp_path / "b"))


def test_seeds_give_different_runs_and_the_same_seed_the_same(make, tmp_path):
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        make().main(["--epochs", "1", "--seed", seed, "--output-dir", str(tmp_path / name)])
    a, b, c = (params_of(tmp_path / name) for name in "abc")
    assert np.array_equal(a, b)
    assert not np.allclose(a, c)


def start(make, seed=0):
    """A module, its data, and a state to train from."""
    from support import TrainingState, flatten

    vae = make()
    _, images, *_ = vae.load_mnist("subset")
    params, unflatten = flatten(
        (vae.init_net_params([5, 8, vae.D]), vae.init_net_params([vae.D, 8, 10]))
    )
    return vae, images, TrainingState(params, vae.initialize_adam(params)), unflatten


def test_an_epoch_shows_every_image_once_and_changes_no_array_that_it_was_given(make, monkeypatch):
    vae, images, state, unflatten = start(make)
    before, params, params_before = images.copy(), state.params, state.params.copy()
    shown = []
    vae.binarise = lambda batch: shown.append(batch) or batch
    vae.train_epoch(state, unflatten, images, 70, 1e-3, lambda *step: None)
    assert [len(batch) for batch in shown] == [70, 70, 70, 70, 20]
    shown = np.concatenate(shown)
    assert not np.array_equal(shown, images)
    assert np.array_equal(np.sort(shown, axis=0), np.sort(images, axis=0))
    assert np.array_equal(images, before)
    assert np.array_equal(params, params_before)
    assert state.t == 5
    assert state.epoch == 1


def test_value_and_gradient_come_from_one_pass(make):
    vae, images, state, unflatten = start(make)
    calls = []
    sample = vae.sample_latent_variables_from_posterior
    vae.sample_latent_variables_from_posterior = lambda x: calls.append(0) or sample(x)
    vae.train_epoch(state, unflatten, images, 100, 1e-3, lambda *step: None)
    assert len(calls) == 3


def test_binarising_turns_a_pixel_on_with_its_intensity_as_probability(make):
    vae = make()
    images = np.tile(np.array([0, 0.25, 1], dtype=np.float32), (100_000, 1))
    share = vae.binarise(images).mean(axis=0, dtype=float)
    assert share[0] == 0
    assert share[2] == 1
    assert abs(share[1] - 0.25) < 6.5 * np.sqrt(0.25 * 0.75 / 100_000)  # fails once in 10^10
    assert set(np.unique(vae.binarise(images))) == {0, 1}
    assert vae.binarise(images).dtype == np.float32


def test_float64_from_a_student_does_not_make_the_rest_float64(make):
    source = replace(
        SOLUTION,
        "rng.standard_normal(mean.shape, dtype=np.float32)",
        "np.random.randn(*mean.shape)",
    )
    source = replace(source, "/ (1 - beta_1**t) * m", "/ np.array([1 - beta_1**t]) * m")
    vae, images, state, unflatten = start(lambda: make(source))
    gradients = []
    vae.train_epoch(
        state, unflatten, images, 100, 1e-3, lambda value, gradient: gradients.append(gradient)
    )
    assert state.params.dtype == state.m.dtype == state.v.dtype == np.float32
    assert gradients[0].dtype == np.float32
    W, b = np.zeros((3, 2), np.float32), np.zeros(2, np.float32)
    assert vae.neural_net_predict([(W, b)], np.zeros((4, 3))).dtype == np.float32


def test_weights_start_as_he_initialisation_or_as_the_original_did(make):
    vae = make()
    he = vae.init_net_params([800, 400, 300])
    assert np.std(he[0][0]) == pytest.approx(np.sqrt(2 / 800), rel=0.02)
    assert np.std(he[1][0]) == pytest.approx(0.5 * np.sqrt(2 / 400), rel=0.02)
    assert not any(b.any() for _, b in he)
    original = vae.init_net_params([800, 400, 300], 0.01)
    assert np.std(original[0][0]) == pytest.approx(0.01, rel=0.02)
    assert np.std(original[0][1]) == pytest.approx(0.01, rel=0.3)
    assert {a.dtype for layer in he + original for a in layer} == {np.dtype("float32")}


@pytest.mark.parametrize("name", EXERCISES[:6])
def test_what_is_not_written_is_named_with_line_equation_and_test(make, tmp_path, name):
    source = unsolve(*EXERCISES[EXERCISES.index(name) :])
    with pytest.raises(RunError) as error:
        make(source).main(["--output-dir", str(tmp_path / "results")])
    message = str(error.value)
    line = source.splitlines().index(f'    raise NotImplementedError("Task 0.0: {name}")') + 1
    assert f"{EXERCISES.index(name)} of 9 functions are written" in message
    assert f"{tmp_path / 'vae.py'}, line {line}" in message
    assert f"python -m pytest -k {name}" in message
    assert f"Task {['1.1', '1.2', '1.3', '1.4', '2.1', '2.2'][EXERCISES.index(name)]}" in message
    assert "eq." in message or "Figure 5" in message
    assert not (tmp_path / "results").exists()


def test_without_task_3_training_works_and_the_missing_pictures_are_named(make, tmp_path, capsys):
    make(unsolve("generate_images", "interpolate_images")).main(
        ["--epochs", "1", "--output-dir", str(tmp_path / "r")]
    )
    said = capsys.readouterr().out
    assert "generate_images is not written yet: samples.png" in said
    assert "interpolation_1.png, interpolation_2.png" in said
    assert (tmp_path / "r" / "reconstructions.png").exists()
    assert not (tmp_path / "r" / "samples.png").exists()


BROKEN = {
    "return -np.sum(np.logaddexp(0, (1 - 2 * targets) * logits), axis=-1)": [
        ("return np.sum(np.log(targets * 0), axis=-1) + 0 * logits[:, 0]", "became -inf"),
        ("return np.sum(np.logaddexp(0, logits) - targets * logits, axis=-1)", "cannot be above 0"),
    ],
    "z = sample_latent_variables_from_posterior(encoder_output)\n    log": [
        ("encoder_output = onp.zeros((len(data), 100)); z = encoder_output[:, :50]\n    log",
         "gradient of the recognition network is zero"),
    ],
    "return np.zeros_like(params), np.zeros_like(params)": [
        ("return 0.0, 0.0", r"vectors of shape \(425284,\)"),
        ("return np.zeros_like(params)", "must return m, v"),
    ],
    "return params + step, m, v": [
        ("return params", "must return params, m, v"),
        ("return None", "It returned NoneType"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("right", "wrong", "message"), [(r, w, m) for r, pairs in BROKEN.items() for w, m in pairs]
)
@pytest.mark.filterwarnings("ignore")
def test_a_run_that_cannot_be_right_stops_at_once_and_says_why(
    make, tmp_path, right, wrong, message
):
    source = "import numpy as onp\n" + replace(SOLUTION, right, wrong)
    with pytest.raises(RunError, match=message):
        make(source).main(["--epochs", "1", "--output-dir", str(tmp_path / "r")])


@pytest.mark.parametrize(
    ("right", "wrong", "remark"),
    [
        ("return params + step", "return params - step", "Worse than untrained"),
        ("return -np.sum(np", "return -np.mean(np", "Too good to be true"),
    ],
)
def test_results_that_no_right_program_gives_are_remarked_on(
    make, tmp_path, capsys, right, wrong, remark
):
    options = ["--epochs", "2", "--batch-size", "50", "--output-dir", str(tmp_path / "r")]
    make(replace(SOLUTION, right, wrong)).main(options)
    assert capsys.readouterr().out.count(remark) == 1


def test_a_collapsed_model_is_told_that_it_ignores_z():
    from support.messages import judge_result

    baselines = {"untrained": -600.0, "independent_pixels": -206.0}
    collapsed = {"elbo": -206.8, "reconstruction": -206.8, "kl": 0.0}
    assert "ignores z" in judge_result(collapsed, baselines)
    for elbo, kl in ((-207.0, 1.0), (-153.0, 16.0), (-99.0, 24.8)):
        assert judge_result({"elbo": elbo, "kl": kl}, baselines) == ""
    with pytest.raises(RunError, match="KL 3"):
        judge_result({"elbo": np.nan, "reconstruction": np.nan, "kl": 3.0}, baselines)


def test_a_new_run_keeps_the_results_of_the_one_before(make, tmp_path, capsys):
    folder = tmp_path / "r"
    make().main(["--epochs", "1", "--output-dir", str(folder)])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    make().main(["--epochs", "1", "--seed", "1", "--output-dir", str(folder)])
    assert "now in" in capsys.readouterr().out
    kept = {path.name: path.read_bytes() for path in (folder / "previous").iterdir()}
    assert kept == before


def run_program(source, tmp_path, *options, **more):
    """Run a `vae.py` as a student does, on the subset."""
    (tmp_path / "vae.py").write_text(source)
    words = python("vae.py", "--data", "subset", "--output-dir", "out", *options)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        words, cwd=tmp_path, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("right", "wrong", "hint"),
    [
        ("return np.mean(log_likelihood - compute_KL(encoder_output))",
         "return log_likelihood - compute_KL(encoder_output)", "must return one number"),
        ("return np.mean(log_likelihood - compute_KL(encoder_output))",
         "np.mean(log_likelihood - compute_KL(encoder_output))", "is there a `return`"),
        ("log_likelihood = bern", "z[0] = 0\n    log_likelihood = bern", "cannot follow an assign"),
        ("return np.mean(log_likelihood -", "return float(log_likelihood[0]) + np.mean(z[:, 0] -",
         "turned into a plain number"),
        ("log_likelihood = bernoulli_log_prob(data, neural_net_predict(gen_params, z))",
         "log_likelihood = bernoulli_log_prob(data, neural_net_predict(rec_params, z))",
         "matrix product got arrays that do not fit"),
    ],
)  # fmt: skip
def test_well_known_errors_come_with_the_students_line_and_a_hint(tmp_path, right, wrong, hint):
    process = run_program(replace(SOLUTION, right, wrong), tmp_path, "--epochs", "1")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert hint in said
    assert "vae.py" in said


def test_an_unfinished_file_gives_a_message_without_a_traceback(tmp_path):
    process = run_program(make_stub(SOLUTION, "vae.py"), tmp_path)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in out + said
    assert "sample_latent_variables_from_posterior" in said


def test_a_full_disk_costs_at_most_the_running_epoch(tmp_path):
    process = run_program(SOLUTION, tmp_path, "--epochs", "1")
    process.communicate(timeout=60)
    before = (tmp_path / "out" / "checkpoint.npz").read_bytes()

    def limit():  # writing more than 1 MB fails, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, 10**6))

    process = run_program(SOLUTION, tmp_path, "--epochs", "3", "--resume", preexec_fn=limit)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Epoch 2 could not be saved" in said
    assert "--resume" in said
    assert "Traceback" not in said
    assert (tmp_path / "out" / "checkpoint.npz").read_bytes() == before
    assert not list((tmp_path / "out").glob(".*"))


def test_a_killed_run_goes_on_with_the_same_parameters(tmp_path):
    process = run_program(SOLUTION, tmp_path, "--epochs", "400")
    checkpoint = tmp_path / "out" / "checkpoint.npz"
    deadline = time.monotonic() + 60
    while not checkpoint.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with np.load(checkpoint) as file:
        epochs = json.loads(str(file["metadata"]))["epoch"] + 1
    process = run_program(SOLUTION, tmp_path, "--epochs", str(epochs), "--resume")
    assert process.communicate(timeout=60)[1] == ""
    killed = params_of(tmp_path / "out")
    process = run_program(SOLUTION, tmp_path, "--epochs", str(epochs))
    process.communicate(timeout=120)
    assert np.array_equal(killed, params_of(tmp_path / "out"))


def test_a_folder_that_cannot_be_written_is_found_before_training(make, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RunError, match=r"--output-dir"):
        make().main(["--output-dir", str(tmp_path / "file")])


def test_resuming_needs_a_checkpoint_of_the_same_kind_of_run(make, tmp_path):
    folder = tmp_path / "r"
    resume = ["--resume", "--output-dir", str(folder)]
    with pytest.raises(RunError, match=r"no .*checkpoint"):
        make().main(resume)
    make().main(["--epochs", "1", "--output-dir", str(folder)])
    with pytest.raises(RunError, match="batch_size = 200, and this one has 100"):
        make().main([*resume, "--batch-size", "100"])
    (folder / "checkpoint.npz").write_bytes(b"PK half of a file")
    with pytest.raises(RunError, match="is not a checkpoint"):
        make().main(resume)


@pytest.mark.parametrize(
    "options",
    [["--epochs", "0"], ["--batch-size", "-1"], ["--learning-rate", "nan"], ["--seed", "-1"]],
)
def test_nonsense_options_are_refused(make, options, capsys):
    with pytest.raises(SystemExit):
        make().main(options)
    assert options[0] in capsys.readouterr().err
