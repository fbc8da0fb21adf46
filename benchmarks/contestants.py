"""The same model, trained by different programs, one epoch at a time.

Each contestant is a function of a `Config` and the images that returns `epoch(number)`: it trains
on every image once, in the order that the number seeds. All binarise afresh, draw one sample of z
per image and take Adam steps of 1e-3 in float32 (the original recipe: float64).
"""

from typing import NamedTuple

import numpy as np


class Config(NamedTuple):
    """What is measured: the sizes, and which accelerations a run of ours goes without."""

    batch_size: int = 200
    hidden: int = 200
    latent: int = 50
    without: str = ""
    only: str = ""

    @property
    def generator_sizes(self):
        """Layer sizes of the generative network."""
        return [self.latent, self.hidden, self.hidden, 784]

    @property
    def encoder_sizes(self):
        """Layer sizes of the recognition network."""
        return [784, self.hidden, self.hidden, 2 * self.latent]


def batches(number, count, batch_size):
    """The row numbers of each batch of epoch `number`."""
    order = np.random.default_rng(number).permutation(count)
    return [order[start : start + batch_size] for start in range(0, count, batch_size)]


def parts():
    """What makes the practical fast: names for `Config.without` and `Config.only`."""
    from support import acceleration

    replaced = dict.fromkeys(name for name, *_ in acceleration.REPLACED)
    return [*replaced, "allocator", "coarse_uniform", "flatten", "float32"]


def ours(config, images):
    """The practical as it is."""
    from solutions import vae
    from support import TrainingState, acceleration, flatten
    from support.randomness import seed_all

    chosen = {config.only} if config.only else {*parts()} - {config.without}
    if config.only or config.without:
        acceleration.use_fast(chosen)
        if "allocator" in chosen:
            acceleration.keep_memory()
    if "coarse_uniform" not in chosen:
        vae.coarse_uniform = lambda shape: vae.rng.random(shape, dtype=np.float32)
    if "flatten" not in chosen:
        from autograd.misc.flatten import flatten
    if "float32" not in chosen:
        images = images.astype(np.float64)
    networks = [
        [(W.astype(images.dtype), b.astype(images.dtype)) for W, b in vae.init_net_params(sizes)]
        for sizes in (config.generator_sizes, config.encoder_sizes)
    ]
    params, unflatten = flatten(tuple(networks))
    state = TrainingState(params, vae.initialize_adam(params))

    def epoch(number):
        seed_all(number)
        vae.train_epoch(state, unflatten, images, config.batch_size, 1e-3, lambda *step: None)

    return epoch


def original(config, images):
    """The published recipe: float64, autograd's flatten, objective and gradient one by one."""
    from autograd import grad
    from autograd.misc.flatten import flatten

    from solutions import vae

    images = images.astype(np.float64)
    networks = tuple(
        [(W.astype(np.float64), b.astype(np.float64)) for W, b in vae.init_net_params(sizes, 0.01)]
        for sizes in (config.generator_sizes, config.encoder_sizes)
    )
    params, unflatten = flatten(networks)
    m, v = vae.initialize_adam(params)
    t = 0

    def objective(params, rows):
        on = images[rows] > np.random.uniform(size=(len(rows), 784))
        return vae.vae_lower_bound(*unflatten(params), on * 1.0)

    gradient = grad(objective)

    def epoch(number):
        nonlocal params, m, v, t
        for rows in batches(number, len(images), config.batch_size):
            t += 1
            params, m, v = vae.adam_update(params, gradient(params, rows), m, v, t)
            objective(params, rows)

    return epoch


def torch_eager(config, images, compiled=False, **adam_options):
    """PyTorch, as its tutorials have it."""
    import torch
    from torch import nn

    torch.manual_seed(0)

    def network(sizes):
        layers = []
        for m, n in zip(sizes[:-1], sizes[1:], strict=True):
            layers += [nn.Linear(m, n), nn.ReLU()]
        return nn.Sequential(*layers[:-1])

    generator, encoder = network(config.generator_sizes), network(config.encoder_sizes)
    params = [*generator.parameters(), *encoder.parameters()]
    adam = torch.optim.Adam(params, lr=1e-3, **adam_options)
    data = torch.from_numpy(images)

    def loss(batch):
        mean, log_std = encoder(batch).chunk(2, dim=-1)
        z = mean + log_std.exp() * torch.randn_like(mean)
        cross_entropy = nn.functional.binary_cross_entropy_with_logits(
            generator(z), batch, reduction="sum"
        )
        kl = (0.5 * ((2 * log_std).exp() + mean**2 - 1) - log_std).sum()
        return (cross_entropy + kl) / len(batch)

    if compiled:
        loss = torch.compile(loss)

    def epoch(number):
        for rows in batches(number, len(images), config.batch_size):
            grey = data[torch.from_numpy(rows)]
            batch = (grey > torch.rand_like(grey)).float()
            adam.zero_grad()
            loss(batch).backward()
            adam.step()

    return epoch


def torch_fused(config, images):
    """PyTorch with the fused Adam."""
    return torch_eager(config, images, fused=True)


def torch_compile(config, images):
    """PyTorch with the loss compiled and the fused Adam."""
    return torch_eager(config, images, compiled=True, fused=True)


def jax_jit(config, images):
    """JAX, with the whole step compiled."""
    import jax
    import jax.numpy as jnp

    from solutions import vae

    networks = tuple(
        vae.init_net_params(sizes) for sizes in (config.generator_sizes, config.encoder_sizes)
    )
    data = jnp.asarray(images)

    def predict(params, x):
        for W, b in params[:-1]:
            x = jax.nn.relu(x @ W + b)
        W, b = params[-1]
        return x @ W + b

    def loss(networks, batch, key):
        generator, encoder = networks
        mean, log_std = jnp.split(predict(encoder, batch), 2, axis=-1)
        z = mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape)
        logits = predict(generator, z)
        log_likelihood = jnp.sum(batch * logits - jnp.logaddexp(0, logits), axis=-1)
        kl = jnp.sum(0.5 * (jnp.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)
        return -jnp.mean(log_likelihood - kl)

    def step(state, data, rows, key):
        networks, m, v, t = state
        t = t + 1
        of_pixels, of_z = jax.random.split(key)
        grey = data[rows]
        batch = (grey > jax.random.uniform(of_pixels, grey.shape)).astype(jnp.float32)
        g = jax.grad(loss)(networks, batch, of_z)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g**2, v, g)
        networks = jax.tree.map(
            lambda p, m, v: p
            - 1e-3 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8),
            networks, m, v,
        )  # fmt: skip
        return networks, m, v, t

    step = jax.jit(step, donate_argnums=0)
    state = (
        jax.tree.map(jnp.asarray, networks),
        jax.tree.map(jnp.zeros_like, networks),
        jax.tree.map(jnp.zeros_like, networks),
        jnp.float32(0),
    )

    def epoch(number):
        nonlocal state
        keys = jax.random.split(jax.random.key(number), -(-len(images) // config.batch_size))
        for rows, key in zip(batches(number, len(images), config.batch_size), keys, strict=True):
            state = step(state, data, rows, key)
        jax.block_until_ready(state)

    return epoch


def matrix_products(config, images):
    """The matrix products of forward and backward pass and nothing else: the limit."""
    rng = np.random.default_rng(0)

    def array(*shape):
        return rng.standard_normal(shape, dtype=np.float32)

    products = []  # (left, right, where to)
    for sizes, is_first in ((config.encoder_sizes, True), (config.generator_sizes, False)):
        for layer, (m, n) in enumerate(zip(sizes[:-1], sizes[1:], strict=True)):
            inputs, W, outputs = (
                array(config.batch_size, m),
                array(m, n),
                array(config.batch_size, n),
            )
            products.append((inputs, W, np.empty_like(outputs)))
            products.append((inputs.T, outputs, np.empty_like(W)))
            if not (is_first and layer == 0):  # the images need no gradient
                products.append((outputs, W.T, np.empty_like(inputs)))

    def epoch(number):
        for _ in range(-(-len(images) // config.batch_size)):
            for left, right, out in products:
                np.dot(left, right, out=out)

    return epoch
