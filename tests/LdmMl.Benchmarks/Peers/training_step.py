#!/usr/bin/env python3
"""A step of a first stage's training in PyTorch, as CompVis writes it: the peer of the workload TrainingStep.

    python3 training_step.py whole|pixels|large    answers "warm", "run", "peak" and "remark" on standard input

KL autoencoder (32 channels, x1 x2 x2, 4 latent channels) on 16 images of 64x64; "large" is kl-f8 (128 channels, x1 x2 x4 x4, two blocks a
level, attention in the middle) on 2 of 256x256. "whole" adds LPIPS (VGG-16) and a PatchGAN
discriminator (64 channels, 3 layers), with the adaptive weight from the gradients at the decoder's last layer; each of the two
optimisers takes one step. Weights are random: time does not depend on them.
"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

BATCH, SIDE, WIDTHS, BLOCKS = (2, 256, [128, 256, 512, 512], 2) if "large" in sys.argv else (16, 64, [32, 64, 64], 1)
STAGES = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]]


class Block(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(32, cin, 1e-6), nn.Conv2d(cin, cout, 3, 1, 1)
        self.norm2, self.conv2 = nn.GroupNorm(32, cout, 1e-6), nn.Conv2d(cout, cout, 3, 1, 1)
        self.nin_shortcut = nn.Conv2d(cin, cout, 1) if cin != cout else nn.Identity()

    def forward(self, x):
        h = self.conv1(F.silu(self.norm1(x)))
        return self.nin_shortcut(x) + self.conv2(F.silu(self.norm2(h)))


class Down(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, 2, 0)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Head(nn.Sequential):
    def __init__(self, cin, cout):
        super().__init__(nn.GroupNorm(32, cin, 1e-6), nn.SiLU(), nn.Conv2d(cin, cout, 3, 1, 1))


def up(c):
    return nn.Sequential(nn.Upsample(scale_factor=2.0, mode="nearest"), nn.Conv2d(c, c, 3, 1, 1))


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm = nn.GroupNorm(32, c, 1e-6)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(c, c, 1) for _ in range(4))

    def forward(self, x):
        b, c, h, w = x.shape
        normal = self.norm(x)
        q, k, v = (layer(normal).reshape(b, c, h * w) for layer in (self.q, self.k, self.v))
        weight = torch.softmax(torch.bmm(q.transpose(1, 2), k) * c ** -0.5, dim=2)
        return x + self.proj_out(torch.bmm(v, weight.transpose(1, 2)).reshape(b, c, h, w))


def middle(c):
    return [Block(c, c)] + ([Attention(c)] if BLOCKS > 1 else []) + [Block(c, c)]


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        c, encoder = WIDTHS[0], [nn.Conv2d(3, WIDTHS[0], 3, 1, 1)]
        for level, width in enumerate(WIDTHS):
            for _ in range(BLOCKS):
                encoder.append(Block(c, width))
                c = width
            if level < len(WIDTHS) - 1:
                encoder.append(Down(c))
        self.encoder = nn.Sequential(*encoder, *middle(c), Head(c, 8), nn.Conv2d(8, 8, 1))
        decoder = [nn.Conv2d(4, 4, 1), nn.Conv2d(4, c, 3, 1, 1), *middle(c)]
        for level, width in reversed(list(enumerate(WIDTHS))):
            for _ in range(BLOCKS + 1):
                decoder.append(Block(c, width))
                c = width
            if level:
                decoder.append(up(c))
        self.decoder = nn.Sequential(*decoder, Head(c, 3))

    def forward(self, x):
        mean, log_variance = self.encoder(x).chunk(2, 1)
        log_variance = log_variance.clamp(-30.0, 20.0)
        return self.decoder(mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)), mean, log_variance


class Lpips(nn.Module):
    def __init__(self):
        super().__init__()
        self.stages, cin = nn.ModuleList(), 3
        for number, stage in enumerate(STAGES):
            layers = [nn.MaxPool2d(2)] if number else []
            for cout in stage:
                layers += [nn.Conv2d(cin, cout, 3, 1, 1), nn.ReLU(True)]
                cin = cout
            self.stages.append(nn.Sequential(*layers))
        self.heads = nn.ModuleList(nn.Conv2d(stage[-1], 1, 1, bias=False) for stage in STAGES)
        self.register_buffer("shift", torch.tensor([-0.030, -0.088, -0.188]).view(1, 3, 1, 1))
        self.register_buffer("scale", torch.tensor([0.458, 0.448, 0.450]).view(1, 3, 1, 1))
        self.eval().requires_grad_(False)

    def features(self, x):
        h, found = (x - self.shift) / self.scale, []
        for stage in self.stages:
            h = stage(h)
            found.append(h)
        return found

    def forward(self, x, y):
        total = 0
        for a, b, head in zip(self.features(x), self.features(y), self.heads):
            a, b = (f / (f.square().sum(1, keepdim=True).sqrt() + 1e-10) for f in (a, b))
            total = total + head((a - b) ** 2).mean((2, 3), keepdim=True)
        return total


def discriminator():
    layers = [nn.Conv2d(3, 64, 4, 2, 1), nn.LeakyReLU(0.2, True)]
    for cin, cout, stride in ((64, 128, 2), (128, 256, 2), (256, 512, 1)):
        layers += [nn.Conv2d(cin, cout, 4, stride, 1, bias=False), nn.BatchNorm2d(cout), nn.LeakyReLU(0.2, True)]
    return nn.Sequential(*layers, nn.Conv2d(512, 1, 4, 1, 1))


class TrainingStep:
    def __init__(self, whole):
        torch.manual_seed(1)
        self.model, self.images, self.whole = Autoencoder(), torch.rand(BATCH, 3, SIDE, SIDE) * 2 - 1, whole
        self.first = torch.optim.Adam(self.model.parameters(), lr=1e-4, betas=(0.5, 0.9))
        if whole:
            self.lpips, self.critic = Lpips(), discriminator()
            self.second = torch.optim.Adam(self.critic.parameters(), lr=1e-4, betas=(0.5, 0.9))

    def run(self):
        x = self.images
        y, mean, log_variance = self.model(x)
        rec = (x - y).abs()
        if self.whole:
            rec = rec + self.lpips(x, y)
        nll = rec.sum() / len(x)
        loss = nll + 1e-6 * 0.5 * (mean ** 2 + log_variance.exp() - 1.0 - log_variance).sum() / len(x)
        if self.whole:
            self.critic.requires_grad_(False)            # as Lightning does while the other optimiser is at work
            g_loss = -self.critic(y).mean()
            last = self.model.decoder[-1][-1].weight
            pull = [torch.autograd.grad(value, last, retain_graph=True)[0].norm() for value in (nll, g_loss)]
            loss = loss + (pull[0] / (pull[1] + 1e-4)).clamp(0.0, 1e4).detach() * 0.5 * g_loss
        self.first.zero_grad()
        loss.backward()
        self.first.step()
        if self.whole:
            self.critic.requires_grad_(True)
            real, fake = self.critic(x), self.critic(y.detach())
            d_loss = 0.5 * (F.relu(1 - real).mean() + F.relu(1 + fake).mean())
            self.second.zero_grad()
            d_loss.backward()
            self.second.step()


def timed(step, runs):
    start = time.perf_counter()
    for _ in range(runs):
        step.run()
    return (time.perf_counter() - start) * 1000 / runs


def main():
    step = TrainingStep(sys.argv[1] == "whole")
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
