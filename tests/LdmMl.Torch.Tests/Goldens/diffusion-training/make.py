#!/usr/bin/env python3
"""Makes the case of this folder: twenty steps of a labelled diffusion model, in PyTorch.

    python3 make.py                    (needs torch and numpy; PyTorch 1.13.1 on a CPU made what is committed)

A U-Net of two levels under CompVis' keys learns to predict the noise in latents: squared error, uniform timesteps, AdamW with a
warm-up, gradients clipped to a norm, and LitEma. First weights and latents come from the integer generator detgen-v1, timesteps and
noise from torch.Generator with the seeds that the library derives from one seed, so nothing random is stored.

The run is made in float32 and again in float64. Tolerances are ten times the difference of the two, and at least four float32
roundings of the largest magnitude: two float32 programs that sum in another order differ as much from each other as from exact numbers.
The bias of an attention's keys shifts all scores of a query alike and has no gradient but rounding, which Adam magnifies to whole steps:
for qkv.bias the tolerance is as far as Adam can walk in all steps.
"""
import importlib.util
import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "d01_labelled"
spec = importlib.util.spec_from_file_location("first_stage", HERE.parent / "first-stage-training" / "make.py")
first_stage = importlib.util.module_from_spec(spec)
spec.loader.exec_module(first_stage)

STEPS, BATCH, SIDE, SEED, CHANNELS, LATENT, GROUPS, LABELS = 20, 4, 8, 7, 8, 2, 4, 3
OPTIONS = {"learning_rate": 0.001, "warmup": 5, "beta1": 0.9, "beta2": 0.999, "weight_decay": 0.01, "clip_norm": 0.5, "ema_decay": 0.8}
TIMESTEPS, NOISE = 5, 3   # the library's numbers of these streams


def generator(stream):
    return torch.Generator().manual_seed((SEED * 0x9E3779B97F4A7C15 + stream) & first_stage.MASK)


def recipes():
    made = []

    def add(name, shape, bound, center=0.0):
        made.append({"name": name, "shape": list(shape), "bound": bound, "center": center, "seed": 30})

    def layer(name, shape):
        add(f"{name}.weight", shape, (3 / np.prod(shape[1:])) ** 0.5)
        add(f"{name}.bias", shape[:1], 0.1)

    def norm(name, c):
        add(f"{name}.weight", (c,), 0.2, 1.0)
        add(f"{name}.bias", (c,), 0.1)

    def block(name, cin, cout):
        norm(f"{name}.in_layers.0", cin)
        layer(f"{name}.in_layers.2", (cout, cin, 3, 3))
        layer(f"{name}.emb_layers.1", (cout, 4 * CHANNELS))
        norm(f"{name}.out_layers.0", cout)
        layer(f"{name}.out_layers.3", (cout, cout, 3, 3))
        if cin != cout:
            layer(f"{name}.skip_connection", (cout, cin, 1, 1))

    low, high = CHANNELS, 2 * CHANNELS
    layer("time_embed.0", (4 * low, low))
    layer("time_embed.2", (4 * low, 4 * low))
    add("label_emb.weight", (LABELS + 1, 4 * low), 1.0)
    layer("input_blocks.0.0", (low, LATENT, 3, 3))
    block("input_blocks.1.0", low, low)
    layer("input_blocks.2.0.op", (low, low, 3, 3))
    block("input_blocks.3.0", low, high)
    block("middle_block.0", high, high)
    norm("middle_block.1.norm", high)
    layer("middle_block.1.qkv", (3 * high, high, 1))
    layer("middle_block.1.proj_out", (high, high, 1))
    block("middle_block.2", high, high)
    block("output_blocks.0.0", high + high, high)
    block("output_blocks.1.0", high + low, high)
    layer("output_blocks.1.1.conv", (high, high, 3, 3))
    block("output_blocks.2.0", high + low, low)
    block("output_blocks.3.0", low + low, low)
    norm("out.0", low)
    layer("out.2", (LATENT, low, 3, 3))
    return made


class UNet:
    def __init__(self, p):
        self.p = p

    def conv(self, name, x, padding=1, stride=1):
        return F.conv2d(x, self.p[f"{name}.weight"], self.p[f"{name}.bias"], stride, padding)

    def linear(self, name, x):
        return F.linear(x, self.p[f"{name}.weight"], self.p[f"{name}.bias"])

    def norm(self, name, x):
        return F.group_norm(x, GROUPS, self.p[f"{name}.weight"], self.p[f"{name}.bias"], 1e-5)

    def block(self, name, x, emb):
        h = self.conv(f"{name}.in_layers.2", F.silu(self.norm(f"{name}.in_layers.0", x)))
        h = h + self.linear(f"{name}.emb_layers.1", F.silu(emb))[:, :, None, None]
        h = self.conv(f"{name}.out_layers.3", F.silu(self.norm(f"{name}.out_layers.0", h)))
        return h + (self.conv(f"{name}.skip_connection", x, 0) if f"{name}.skip_connection.weight" in self.p else x)

    def attention(self, name, x):
        b, c, h, w = x.shape
        qkv = F.conv1d(self.norm(f"{name}.norm", x).reshape(b, c, -1), self.p[f"{name}.qkv.weight"], self.p[f"{name}.qkv.bias"])
        q, k, v = qkv.chunk(3, dim=1)
        weight = torch.softmax(torch.einsum("bct,bcs->bts", q, k) / c ** 0.5, dim=-1)
        mixed = torch.einsum("bts,bcs->bct", weight, v)
        return x + F.conv1d(mixed, self.p[f"{name}.proj_out.weight"], self.p[f"{name}.proj_out.bias"]).reshape(b, c, h, w)

    def predict(self, x, times, labels):
        half = CHANNELS // 2
        angles = times[:, None].to(x.dtype) * torch.exp(-np.log(10000) * torch.arange(half, dtype=x.dtype) / half)[None]
        emb = torch.cat([angles.cos(), angles.sin()], dim=-1)
        emb = self.linear("time_embed.2", F.silu(self.linear("time_embed.0", emb))) + self.p["label_emb.weight"][labels]
        skips = [self.conv("input_blocks.0.0", x)]
        skips.append(self.block("input_blocks.1.0", skips[-1], emb))
        skips.append(self.conv("input_blocks.2.0.op", skips[-1], stride=2))
        skips.append(self.block("input_blocks.3.0", skips[-1], emb))
        h = self.block("middle_block.2", self.attention("middle_block.1", self.block("middle_block.0", skips[-1], emb)), emb)
        for index in range(4):
            h = self.block(f"output_blocks.{index}.0", torch.cat([h, skips.pop()], dim=1), emb)
            if index == 1:
                h = self.conv("output_blocks.1.1.conv", F.interpolate(h, scale_factor=2.0, mode="nearest"))
        return self.conv("out.2", F.silu(self.norm("out.0", h)))


def train(dtype):
    o = OPTIONS
    weights = {r["name"]: first_stage.detgen(r["name"], r["shape"], r["bound"], r["center"], r["seed"]).to(dtype).requires_grad_() for r in recipes()}
    averages = {name: value.detach().clone() for name, value in weights.items()}
    latents = first_stage.detgen("latents", (STEPS, BATCH, LATENT, SIDE, SIDE), 3 ** 0.5, 0.0, 31).to(dtype)
    alpha_bar = np.cumprod(1 - np.linspace(0.0015 ** 0.5, 0.0195 ** 0.5, 1000, dtype=np.float64) ** 2)
    timesteps, noises = generator(TIMESTEPS), generator(NOISE)
    optimizer = torch.optim.AdamW(weights.values(), lr=0, betas=(o["beta1"], o["beta2"]), weight_decay=o["weight_decay"])
    network, losses, norms = UNet(weights), [], []
    for step in range(1, STEPS + 1):
        x = latents[step - 1]
        t = torch.randint(0, 1000, (BATCH,), generator=timesteps)
        noise = torch.randn(x.shape, generator=noises).to(dtype)
        a = torch.from_numpy(alpha_bar)[t].to(dtype)[:, None, None, None]
        labels = torch.tensor([(step + 2 * row) % (LABELS + 1) for row in range(BATCH)])
        loss = (network.predict(a.sqrt() * x + (1 - a).sqrt() * noise, t, labels) - noise).square().mean(dim=(1, 2, 3)).mean()
        optimizer.zero_grad()
        loss.backward()
        norm = torch.stack([value.grad.norm() for value in weights.values()]).norm()
        with torch.no_grad():
            for value in weights.values():
                value.grad.mul_(min(1.0, o["clip_norm"] / float(norm)))
        optimizer.param_groups[0]["lr"] = o["learning_rate"] * min(1.0, step / o["warmup"])
        optimizer.step()
        share = 1 - min(o["ema_decay"], (1 + step) / (10 + step))
        for name, value in weights.items():
            averages[name].sub_(share * (averages[name] - value.detach()))
        losses.append(float(loss))
        norms.append(float(norm))

    outputs = {"loss": torch.tensor(losses, dtype=dtype), "gradient_norm": torch.tensor(norms, dtype=dtype)}
    outputs.update({f"after.{name}": value.detach() for name, value in weights.items()})
    outputs.update({f"average.{name}": value for name, value in averages.items()})
    return {name: value.double().numpy() for name, value in outputs.items()}


def main():
    torch.set_num_threads(1)
    single, double = train(torch.float32), train(torch.float64)
    tolerance = {}
    for name, value in single.items():
        largest, difference = float(np.abs(value).max()), float(np.abs(value - double[name]).max())
        tolerance[name] = {"absmax": largest, "diff_f64": difference, "atol": float(f"{max(10 * difference, 4 * 1.2e-7 * largest):.2g}")}
        if name.endswith("qkv.bias"):
            tolerance[name]["atol"] = STEPS * OPTIONS["learning_rate"]
    FOLDER.mkdir(exist_ok=True)
    config = {
        "steps": STEPS, "batch": BATCH, "side": SIDE, "seed": SEED, "channels": CHANNELS, "latent_channels": LATENT, "norm_groups": GROUPS,
        "labels": LABELS, "options": OPTIONS, "generated": {"parameters": recipes()}, "_case": {"torch": torch.__version__},
    }
    (FOLDER / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    (FOLDER / "tolerance.json").write_text(json.dumps(tolerance, indent=1) + "\n")
    first_stage.write(FOLDER / "outputs.safetensors", single)
    worst = max(((t["diff_f64"] / (t["absmax"] or 1), n) for n, t in tolerance.items()))
    print(f"largest difference between float32 and float64: {worst[0]:.2g} of {worst[1]}'s largest magnitude")
    print(f"loss {single['loss'][0]:.4f} to {single['loss'][-1]:.4f}; norms {single['gradient_norm'].min():.3f} to {single['gradient_norm'].max():.3f}")


if __name__ == "__main__":
    main()
