"""What does a more flexible q gain, when it only has to be a function of noise?

For z = g(epsilon, phi, x), differentiable and invertible in epsilon, q(z|x) need not be Gaussian:
its log density at its own samples is all that a VAE needs (Mao, "Variational Autoencoder"):

    log q(z|x) = log p(epsilon) - log|det J|,    p(epsilon) = N(0, I),    J = dz/depsilon       (1)
    ELBO = E_p(epsilon)[log p(x, z) - log q(z|x)] = log p(x) - KL(q(z|x) || p(z|x))             (2)

An affine map makes q a Gaussian. The planar map of Rezende and Mohamed ("Variational Inference
with Normalizing Flows") adds a vector u, more or less of it along one direction w:

    z = mean + A epsilon                       J = A                                            (3)
    z = epsilon + u tanh(w'epsilon + b)        J = I + h u w',  h = 1 - tanh^2(w'epsilon + b)   (4)

In a chain of maps each takes the z of the one before, and their log|det J| add up. Noise `(B, K)`
gives z `(B, K)` and log|det J| `(B,)`, in nats. For one x, as here, phi need not be a network's.

What to look at: x = z_2 + z_1^2 + noise is 1.5, so p(z|x) is bent like a banana. A Gaussian has to
fit inside: with a diagonal A it covers the top of the arc, with a full A it lies along one arm.
Planar maps bend it, and most of the KL is gone.
"""

import autograd.numpy as np
from autograd import grad, jacobian
from autograd.misc.optimizers import adam

from support import launch, own_stream, rng
from support.figures import new_figure, save_figure

NOISE_STD = 0.3  # of x
STEP, SIDE = 0.05, 241  # of the grid for integrals; with half the step the same digits are printed
GRID = np.stack(np.meshgrid(*[np.linspace(-6, 6, SIDE)] * 2), axis=-1).reshape(-1, 2)


def affine_map(epsilon, mean, A):
    """Task E8.1: the map (3), of which q = N(mean, A A') is made.

    Args: epsilon `(B, K)`, a draw in each row; mean `(K,)`; A `(K, K)`. The determinant of A is not
        0, but may be negative, or too small or large for a float: use `np.linalg.slogdet`.
    Returns: z `(B, K)`; log|det J| `(B,)`, in nats, the same for all rows.
    """
    raise NotImplementedError("Task E8.1: affine_map")


def planar_map(epsilon, u, w, b):
    """Task E8.2: the map (4). Its determinant takes no matrix (matrix determinant lemma):

        det(I + h u w') = 1 + h u'w

    Args: epsilon `(B, K)`; u and w `(K,)`, any, so the determinant may be negative; b, a number.
    Returns: z `(B, K)`; log|det J| `(B,)`, in nats.
    """
    raise NotImplementedError("Task E8.2: planar_map")


def invertible_u(u, w):
    """Task E8.3: the vector that replaces u, so that the map (4) is invertible for any u and w.

    It is if u'w >= -1. Only the part of u along w matters for that, so only this is changed:

        u_hat = u + (m(w'u) - w'u) w / |w|^2,    m(a) = -1 + log(1 + exp(a))

    Then w'u_hat = m(w'u). The result should stay right for any finite w'u (`np.logaddexp`).

    Args: u and w `(K,)`, w not 0. Returns: u_hat `(K,)`.
    """
    raise NotImplementedError("Task E8.3: invertible_u")


def log_q(epsilon, log_det):
    """Task E8.4: log q(z|x) by (1), of the z that these epsilon became.

    Args: epsilon `(B, K)`; log_det `(B,)`, log|det J| in nats. Returns: `(B,)`, in nats.
    """
    raise NotImplementedError("Task E8.4: log_q")


def log_joint(z):
    """log p(x, z) in nats, of z `(B, 2)`: z ~ N(0, I), x ~ N(z_2 + z_1^2, NOISE_STD^2) (given)."""
    residual = (1.5 - z[:, 1] - z[:, 0] ** 2) / NOISE_STD
    log_peak = -np.log(NOISE_STD) - 1.5 * np.log(2 * np.pi)
    return log_peak - 0.5 * (residual**2 + np.sum(z**2, axis=1))


def flow(params, epsilon):
    """z and log|det J| of a chain: the affine map, then the planar ones (given)."""
    mean, scale, planar = params  # scale is a matrix A, or the log_std of a diagonal one
    z, log_det = affine_map(epsilon, mean, scale if scale.ndim == 2 else np.diag(np.exp(scale)))
    for u, w, b in planar:
        z, more = planar_map(z, invertible_u(u, w), w, b)
        log_det = log_det + more
    return z, log_det


def fit(params):
    """Climb the ELBO (2) with fresh noise in every step (given)."""

    def loss(params, _):
        epsilon = rng.standard_normal((400, 2))
        z, log_det = flow(params, epsilon)
        return np.mean(log_q(epsilon, log_det) - log_joint(z))

    params = adam(grad(loss), params, num_iters=1200, step_size=0.02)
    return adam(grad(loss), params, num_iters=400, step_size=0.002)


def main(argv=None):
    """Fit three families of q to one posterior; print and draw how far from it they stay."""
    joint, noise = np.exp(log_joint(GRID)), np.exp(-0.5 * np.sum(GRID**2, axis=1)) / (2 * np.pi)
    log_evidence = np.log(np.sum(joint) * STEP**2)
    print(f"log p(x) {log_evidence:.4f} nats, by quadrature")
    panels = new_figure(10, 4.4).subplots(1, 3, sharey=True)
    names, zero = ("diagonal A", "full A", "diagonal A, 8 planar maps"), np.zeros(2)
    with own_stream(0):
        epsilon = rng.standard_normal((1000, 2))
        planar = [(rng.standard_normal(2), rng.standard_normal(2), 0.0) for _ in range(8)]
        fits = [fit(q) for q in ((zero, zero, []), (zero, np.eye(2), []), (zero, zero, planar))]
    for axes, name, params in zip(panels, names, fits, strict=True):
        z, log_det = flow(params, GRID)
        elbo = np.sum(noise * (log_joint(z) - log_q(GRID, log_det))) * STEP**2
        z, log_det = flow(params, epsilon)
        J = jacobian(lambda e, params=params: flow(params, e[None])[0][0])
        error = log_det[:50] - [np.linalg.slogdet(J(e))[1] for e in epsilon[:50]]
        print(f"{name}: ELBO {elbo:.4f}, KL(q || p(z|x)) {log_evidence - elbo:.4f} nats;", end=" ")
        print(f"autograd's Jacobian gives the same log|det J| to {np.max(np.abs(error)):.1g} nats")
        axes.plot(*z.T, ".", ms=2.5, color="tab:orange", label="1000 samples of q")
        contours = (values.reshape(SIDE, SIDE) for values in (*GRID.T, joint / np.max(joint)))
        axes.contour(*contours, [0.01, 0.05, 0.2, 0.5, 0.8], colors="tab:blue", linewidths=0.9)
        axes.set(title=f"{name}\nKL {log_evidence - elbo:.2f} nats", xlabel="z_1", aspect="equal")
        axes.set(xlim=(-2.7, 2.7), ylim=(-3, 2.7))
    panels[0].plot([], [], color="tab:blue", lw=0.9, label="contours of p(z|x)")
    panels[0].set_ylabel("z_2")
    panels[0].legend(frameon=False, loc="lower center")
    save_figure(panels[0].figure, "reparametrisation")


if __name__ == "__main__":
    launch(main)
