#!/usr/bin/env python3
"""Makes the case of this folder: twenty steps of a KL autoencoder and of its discriminator, in PyTorch.

    python3 make.py                    (needs torch and numpy; PyTorch 1.13.1 on a CPU made what is committed)

Everything random is drawn as the library draws it, so that no weights have to be stored: the autoencoder and the perceptual trunk
come from the integer generator detgen-v1, the discriminator's first weights, the order of the images and the
noise of the posteriors from torch.Generator with the seeds that the library derives from one seed. The loss is the published
one (Rombach et al. 2022, appendix G; Esser et al. 2021, section 3.1), in the form in which CompVis computes and logs it,
but for two things: the variance is really in the optimiser, and the discriminator learns from the reconstructions of the
same step instead of from a second pass.

The run is made in float32 and again in float64. Tolerances are ten times the difference of the two, and at least four
float32 roundings of the largest magnitude: two float32 programs that sum in another order differ as much from each other as
from exact numbers. Seed and learning rates are such that in these twenty steps no error and no activation comes so close to the
kink of its absolute value or rectifier that rounding decides its side; where one does, Adam carries the difference into every
weight, and float32 agrees with float64 to a thousandth only.
"""
import json
import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).parent / "k01_kl_whole_objective"
STEPS, BATCH, IMAGES, SIDE, SEED = 20, 4, 24, 16, 9
CHANNELS, LATENT, GROUPS = 8, 2, 4
NDF, PLAN = 8, [[6, 6], [10], [12]]
OPTIONS = {
    "learning_rate": 0.0003, "beta1": 0.5, "beta2": 0.9, "kl_weight": 0.001, "perceptual_weight": 0.8, "logvar_init": 0.1,
    "disc_start": 10, "disc_weight": 0.7, "disc_factor": 0.9, "disc_ndf": NDF, "disc_num_layers": 2,
    "disc_learning_rate": 0.0003, "disc_beta1": 0.4, "disc_beta2": 0.95,
}
MASK = 2**64 - 1


def detgen(name, shape, bound, center, seed):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = ((h ^ byte) * 0x100000001B3) & MASK
    with np.errstate(over="ignore"):
        z = np.uint64((h + seed) & MASK) + np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    unit = (z >> np.uint64(40)).astype(np.float64) / 2**24
    return torch.from_numpy((center + (2 * unit - 1) * bound).astype(np.float32).reshape(shape))


def generator(stream):
    """The library's generator of one use: seed * 2^64 / golden ratio + use."""
    return torch.Generator().manual_seed((SEED * 0x9E3779B97F4A7C15 + stream) & MASK)


# ---- what the networks hold -------------------------------------------------------------------------------------------------

def recipes():
    made = []

    def add(name, shape, bound, center=0.0):
        made.append({"name": name, "shape": list(shape), "bound": bound, "center": center, "seed": 20})

    def conv(name, cin, cout, k):
        add(f"{name}.weight", (cout, cin, k, k), (3 / (cin * k * k)) ** 0.5)
        add(f"{name}.bias", (cout,), 0.1)

    def norm(name, c):
        add(f"{name}.weight", (c,), 0.2, 1.0)
        add(f"{name}.bias", (c,), 0.1)

    def block(name, cin, cout):
        norm(f"{name}.norm1", cin)
        conv(f"{name}.conv1", cin, cout, 3)
        norm(f"{name}.norm2", cout)
        conv(f"{name}.conv2", cout, cout, 3)
        if cin != cout:
            conv(f"{name}.nin_shortcut", cin, cout, 1)

    low, high = CHANNELS, 2 * CHANNELS
    conv("encoder.conv_in", 3, low, 3)
    block("encoder.down.0.block.0", low, low)
    conv("encoder.down.0.downsample.conv", low, low, 3)
    block("encoder.down.1.block.0", low, high)
    for name in ("encoder.mid.block_1", "encoder.mid.block_2", "decoder.mid.block_1", "decoder.mid.block_2"):
        block(name, high, high)
    norm("encoder.norm_out", high)
    conv("encoder.conv_out", high, 2 * LATENT, 3)
    conv("quant_conv", 2 * LATENT, 2 * LATENT, 1)
    conv("post_quant_conv", LATENT, LATENT, 1)
    conv("decoder.conv_in", LATENT, high, 3)
    block("decoder.up.1.block.0", high, high)
    block("decoder.up.1.block.1", high, high)
    conv("decoder.up.1.upsample.conv", high, high, 3)
    block("decoder.up.0.block.0", high, low)
    block("decoder.up.0.block.1", low, low)
    norm("decoder.norm_out", low)
    conv("decoder.conv_out", low, 3, 3)

    index, cin = 0, 3
    for stage in PLAN:
        for cout in stage:
            conv(f"features.{index}", cin, cout, 3)
            index, cin = index + 2, cout
        index += 1
    return made


class Autoencoder:
    def __init__(self, p):
        self.p = p

    def conv(self, name, x, padding=1, stride=1):
        return F.conv2d(x, self.p[f"{name}.weight"], self.p[f"{name}.bias"], stride, padding)

    def norm(self, name, x):
        return F.silu(F.group_norm(x, GROUPS, self.p[f"{name}.weight"], self.p[f"{name}.bias"], 1e-6))

    def block(self, name, x):
        h = self.conv(f"{name}.conv1", self.norm(f"{name}.norm1", x))
        h = self.conv(f"{name}.conv2", self.norm(f"{name}.norm2", h))
        return h + (self.conv(f"{name}.nin_shortcut", x, 0) if f"{name}.nin_shortcut.weight" in self.p else x)

    def encode(self, x):
        h = self.block("encoder.down.0.block.0", self.conv("encoder.conv_in", x))
        h = self.conv("encoder.down.0.downsample.conv", F.pad(h, (0, 1, 0, 1)), 0, 2)
        h = self.block("encoder.down.1.block.0", h)
        h = self.block("encoder.mid.block_2", self.block("encoder.mid.block_1", h))
        return self.conv("quant_conv", self.conv("encoder.conv_out", self.norm("encoder.norm_out", h)), 0)

    def decode(self, z):
        h = self.conv("decoder.conv_in", self.conv("post_quant_conv", z, 0))
        h = self.block("decoder.mid.block_2", self.block("decoder.mid.block_1", h))
        h = self.block("decoder.up.1.block.1", self.block("decoder.up.1.block.0", h))
        h = self.conv("decoder.up.1.upsample.conv", F.interpolate(h, scale_factor=2.0, mode="nearest"))
        h = self.block("decoder.up.0.block.1", self.block("decoder.up.0.block.0", h))
        return self.conv("decoder.conv_out", self.norm("decoder.norm_out", h))


class Perceptual:
    """LPIPS's formula without heads (PerceptualSimilarity's baseline) over a small VGG-style trunk."""

    def __init__(self, p, dtype):
        self.p = {name: value.to(dtype) for name, value in p.items()}
        self.shift = torch.tensor([-0.030, -0.088, -0.188]).to(dtype).view(1, 3, 1, 1)
        self.scale = torch.tensor([0.458, 0.448, 0.450]).to(dtype).view(1, 3, 1, 1)

    def features(self, x):
        h, index = (x - self.shift) / self.scale, 0
        for number, stage in enumerate(PLAN):
            if number > 0:
                h = F.max_pool2d(h, 2)
            for _ in stage:
                h = F.relu(F.conv2d(h, self.p[f"features.{index}.weight"], self.p[f"features.{index}.bias"], 1, 1))
                index += 2
            index += 1
            yield h / (h.square().sum(1, keepdim=True).sqrt() + 1e-10)

    def distance(self, x, y):
        pairs = zip(self.features(x), self.features(y))
        return sum(((a - b) ** 2).sum(1, keepdim=True).mean((2, 3), keepdim=True) for a, b in pairs)


def discriminator(dtype):
    draw, p = generator(4), {}
    widths = [3, NDF, 2 * NDF, 4 * NDF, 1]
    for layer, key in enumerate(("main.0", "main.2", "main.5", "main.8")):
        cin, cout = widths[layer], widths[layer + 1]
        bound = 1 / (cin * 16) ** 0.5
        weight = torch.empty(cout, cin, 4, 4).uniform_(-bound, bound, generator=draw)
        if layer in (0, 3):
            p[f"{key}.bias"] = torch.empty(cout).uniform_(-bound, bound, generator=draw)
        p[f"{key}.weight"] = weight.normal_(0, 0.02, generator=draw)
        if layer in (1, 2):
            name = f"main.{3 * layer}"
            p[f"{name}.weight"], p[f"{name}.bias"] = torch.empty(cout).normal_(1, 0.02, generator=draw), torch.zeros(cout)
    return {name: value.to(dtype).requires_grad_() for name, value in p.items()}


def judge(p, x):
    h = F.leaky_relu(F.conv2d(x, p["main.0.weight"], p["main.0.bias"], 2, 1), 0.2)
    for conv, norm, stride in (("main.2", "main.3", 2), ("main.5", "main.6", 1)):
        h = F.conv2d(h, p[f"{conv}.weight"], None, stride, 1)
        h = F.leaky_relu(F.batch_norm(h, None, None, p[f"{norm}.weight"], p[f"{norm}.bias"], True, 0.1, 1e-5), 0.2)
    return F.conv2d(h, p["main.8.weight"], p["main.8.bias"], 1, 1)


# ---- the data -------------------------------------------------------------------------------------------------------------

def image(index):
    channel, row, column = np.meshgrid(np.arange(3), np.arange(SIDE), np.arange(SIDE), indexing="ij")
    inside = (row >= index % 7) & (row < index % 7 + 6) & (column >= index % 5) & (column < index % 5 + 8)
    block = (((index * 3 + channel * 5) % 11).astype(np.float32) / np.float32(10))
    value = np.where(inside, block, column.astype(np.float32) / np.float32(SIDE))
    return torch.from_numpy(np.float32(2) * value - np.float32(1))


def batches():
    order, images = generator(1), [image(i) for i in range(IMAGES)]
    while True:
        for indices in torch.randperm(IMAGES, generator=order).split(BATCH):
            yield torch.stack([images[i] for i in indices])


# ---- the training -----------------------------------------------------------------------------------------------------------

def train(dtype):
    made = {r["name"]: detgen(r["name"], r["shape"], r["bound"], r["center"], r["seed"]) for r in recipes()}
    frozen = {name: value for name, value in made.items() if name.startswith("features.")}
    weights = {name: value.to(dtype).requires_grad_() for name, value in made.items() if name not in frozen}
    network, perceptual, critic = Autoencoder(weights), Perceptual(frozen, dtype), discriminator(dtype)
    logvar = torch.tensor(OPTIONS["logvar_init"]).to(dtype).requires_grad_()
    o = OPTIONS
    first = torch.optim.Adam([*weights.values(), logvar], lr=o["learning_rate"], betas=(o["beta1"], o["beta2"]))
    second = torch.optim.Adam(critic.values(), lr=o["disc_learning_rate"], betas=(o["disc_beta1"], o["disc_beta2"]))
    noises, data, logs = generator(3), batches(), []
    for step in range(STEPS):
        x = next(data).to(dtype)
        mean, log_variance = network.encode(x).chunk(2, 1)
        log_variance = log_variance.clamp(-30.0, 20.0)
        noise = torch.randn(mean.shape, generator=noises).to(dtype)
        y = network.decode(mean + torch.exp(0.5 * log_variance) * noise)

        rec = (x - y).abs() + o["perceptual_weight"] * perceptual.distance(x, y)
        nll = (rec / logvar.exp() + logvar).sum() / len(x)
        kl = 0.5 * (mean ** 2 + log_variance.exp() - 1.0 - log_variance).sum() / len(x)
        g_loss = -judge(critic, y).mean()
        last = weights["decoder.conv_out.weight"]
        pull = [torch.autograd.grad(value, last, retain_graph=True)[0].norm() for value in (nll, g_loss)]
        d_weight = (pull[0] / (pull[1] + 1e-4)).clamp(0.0, 1e4).detach() * o["disc_weight"]
        factor = o["disc_factor"] if step >= o["disc_start"] else 0.0
        total = nll + o["kl_weight"] * kl + d_weight * factor * g_loss
        log = {"total_loss": total, "logvar": logvar, "kl_loss": kl, "nll_loss": nll, "rec_loss": rec.mean(),
               "d_weight": d_weight, "disc_factor": torch.tensor(factor), "g_loss": g_loss}
        log = {name: float(value) for name, value in log.items()}
        first.zero_grad()
        total.backward()

        real, fake = judge(critic, x), judge(critic, y.detach())
        d_loss = factor * 0.5 * (F.relu(1 - real).mean() + F.relu(1 + fake).mean())
        log.update(disc_loss=float(d_loss), logits_real=float(real.mean()), logits_fake=float(fake.mean()))
        second.zero_grad()
        d_loss.backward()
        first.step()
        second.step()
        logs.append(log)

    outputs = {f"log.{name}": torch.tensor([log[name] for log in logs], dtype=dtype) for name in logs[0]}
    outputs.update({f"after.{name}": value.detach() for name, value in weights.items()})
    outputs.update({f"after.loss.discriminator.{name}": value.detach() for name, value in critic.items()})
    outputs["after.loss.logvar"] = logvar.detach()
    return {name: value.double().numpy() for name, value in outputs.items()}


def write(path, tensors):
    header, data = {}, b""
    for name, value in tensors.items():
        raw = np.ascontiguousarray(value, dtype="<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    torch.set_num_threads(1)
    single, double = train(torch.float32), train(torch.float64)
    tolerance = {}
    for name, value in single.items():
        largest, difference = float(np.abs(value).max()), float(np.abs(value - double[name]).max())
        tolerance[name] = {"absmax": largest, "diff_f64": difference, "atol": float(f"{max(10 * difference, 4 * 1.2e-7 * largest):.2g}")}
    FOLDER.mkdir(exist_ok=True)
    config = {
        "steps": STEPS, "batch": BATCH, "images": IMAGES, "side": SIDE, "seed": SEED, "channels": CHANNELS, "latent_channels": LATENT, "norm_groups": GROUPS,
        "options": OPTIONS, "generated": {"parameters": recipes()}, "_case": {"torch": torch.__version__},
    }
    (FOLDER / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    (FOLDER / "tolerance.json").write_text(json.dumps(tolerance, indent=1) + "\n")
    write(FOLDER / "outputs.safetensors", single)
    worst = max(((t["diff_f64"] / (t["absmax"] or 1), n) for n, t in tolerance.items()))
    print(f"largest difference between float32 and float64: {worst[0]:.2g} of {worst[1]}'s largest magnitude")


if __name__ == "__main__":
    main()
