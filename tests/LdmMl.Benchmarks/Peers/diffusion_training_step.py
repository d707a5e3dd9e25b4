#!/usr/bin/env python3
"""A step of a diffusion model's training in PyTorch, as CompVis writes it: the peer of the workload DiffusionTrainingStep.

    python3 diffusion_training_step.py small|faces          answers "warm", "run", "peak" and "remark" on standard input

U-Net (two residual blocks a level, attention in heads of 32 channels below full size): "small" has 64 channels, x1 x2 x4, for 16 latents
of 4x16x16, "faces" 224, x1 x2 x3 x4, for one latent of 3x64x64 (celebahq256). AdamW, gradients clipped to norm 1, LitEma. Weights are random: time does not depend on them.
"""
import math
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

BATCH, SIDE, BASE, LATENT, WIDTHS = (1, 64, 224, 3, [224, 448, 672, 896]) if "faces" in sys.argv else (16, 16, 64, 4, [64, 128, 256])


class Block(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(32, cin), nn.Conv2d(cin, cout, 3, 1, 1)
        self.emb = nn.Linear(4 * BASE, cout)
        self.norm2, self.conv2 = nn.GroupNorm(32, cout), nn.Conv2d(cout, cout, 3, 1, 1)
        self.skip = nn.Conv2d(cin, cout, 1) if cin != cout else nn.Identity()

    def forward(self, x, emb):
        h = self.conv1(F.silu(self.norm1(x))) + self.emb(F.silu(emb))[:, :, None, None]
        return self.skip(x) + self.conv2(F.silu(self.norm2(h)))


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm, self.qkv, self.proj = nn.GroupNorm(32, c), nn.Conv1d(c, 3 * c, 1), nn.Conv1d(c, c, 1)

    def forward(self, x, emb):
        b, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x).reshape(b, c, -1)).reshape(b * c // 32, 96, -1).split(32, dim=1)
        scale = 32 ** -0.25
        weight = torch.softmax(torch.einsum("bct,bcs->bts", q * scale, k * scale), dim=-1)
        return x + self.proj(torch.einsum("bts,bcs->bct", weight, v).reshape(b, c, -1)).reshape(b, c, h, w)


class Resample(nn.Module):
    def __init__(self, c, up):
        super().__init__()
        self.up, self.conv = up, nn.Conv2d(c, c, 3, 1 if up else 2, 1)

    def forward(self, x, emb):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest") if self.up else x)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Sequential(nn.Linear(BASE, 4 * BASE), nn.SiLU(), nn.Linear(4 * BASE, 4 * BASE))
        self.first = nn.Conv2d(LATENT, BASE, 3, 1, 1)
        down, up, widths, c = [], [], [BASE], BASE
        for level, width in enumerate(WIDTHS):
            for _ in range(2):
                down.append(nn.ModuleList([Block(c, width)] + ([Attention(width)] if level else [])))
                c = width
                widths.append(c)
            if level < len(WIDTHS) - 1:
                down.append(nn.ModuleList([Resample(c, False)]))
                widths.append(c)
        self.middle = nn.ModuleList([Block(c, c), Attention(c), Block(c, c)])
        for level, width in reversed(list(enumerate(WIDTHS))):
            for index in range(3):
                layers = [Block(c + widths.pop(), width)] + ([Attention(width)] if level else [])
                c = width
                up.append(nn.ModuleList(layers + ([Resample(c, True)] if level and index == 2 else [])))
        self.down, self.up = nn.ModuleList(down), nn.ModuleList(up)
        self.out = nn.Sequential(nn.GroupNorm(32, c), nn.SiLU(), nn.Conv2d(c, LATENT, 3, 1, 1))

    def forward(self, x, t):
        half = BASE // 2
        angles = t[:, None].float() * torch.exp(-math.log(10000) * torch.arange(half) / half)[None]
        emb = self.time(torch.cat([angles.cos(), angles.sin()], dim=-1))
        skips = [self.first(x)]
        for layers in self.down:
            h = skips[-1]
            for layer in layers:
                h = layer(h, emb)
            skips.append(h)
        for layer in self.middle:
            h = layer(h, emb)
        for layers in self.up:
            h = torch.cat([h, skips.pop()], dim=1)
            for layer in layers:
                h = layer(h, emb)
        return self.out(h)


class Step:
    def __init__(self):
        torch.manual_seed(0)
        self.network = UNet()
        self.shadow = {name: value.detach().clone() for name, value in self.network.named_parameters()}
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=1e-4)
        self.latents = torch.randn(BATCH, LATENT, SIDE, SIDE)
        self.alpha_bar = torch.cumprod(1 - torch.linspace(0.0015 ** 0.5, 0.0195 ** 0.5, 1000, dtype=torch.float64) ** 2, 0).float()

    def run(self):
        t, noise = torch.randint(0, 1000, (BATCH,)), torch.randn_like(self.latents)
        a = self.alpha_bar[t][:, None, None, None]
        loss = F.mse_loss(self.network(a.sqrt() * self.latents + (1 - a).sqrt() * noise, t), noise)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        with torch.no_grad():
            for name, value in self.network.named_parameters():
                self.shadow[name].sub_(1e-4 * (self.shadow[name] - value))
        float(loss)


def timed(step, runs):
    start = time.perf_counter()
    for _ in range(runs):
        step.run()
    return (time.perf_counter() - start) * 1000 / runs


def main():
    step = Step()
    for line in sys.stdin:
        question = line.strip()
        if question == "peak":
            kilobytes = next(int(entry.split()[1]) for entry in open("/proc/self/status") if entry.startswith("VmHWM:"))
            print(f"{kilobytes * 1024 / 1e6:.0f}", flush=True)
        elif question == "remark":
            print(f"PyTorch {torch.__version__}", flush=True)
        else:
            print(repr(timed(step, 2 if question == "warm" else 1)), flush=True)


if __name__ == "__main__":
    main()
