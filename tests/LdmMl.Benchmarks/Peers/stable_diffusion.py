#!/usr/bin/env python3
"""Stable Diffusion 1.5 of full size in diffusers on PyTorch (random weights): the peer of the workloads of FullSize.

    python3 stable_diffusion.py step|decode        answers "warm", "run", "peak" and "remark" on standard input

"step" is the U-Net on two rows of 64x64x4 with 77 tokens, both branches of guidance in one call; "decode" turns one of them into 512x512 pixels.
Weights are random: time does not depend on them.
"""
import sys
import time

import torch
import diffusers
from diffusers import AutoencoderKL, UNet2DConditionModel


def step():
    network = UNet2DConditionModel(sample_size=64, cross_attention_dim=768).eval()
    states, tokens, level = torch.randn(2, 4, 64, 64), torch.randn(2, 77, 768), torch.tensor([501, 501])
    return lambda: network(states, level, tokens).sample


def decode():
    network = AutoencoderKL(
        down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
        block_out_channels=[128, 256, 512, 512], layers_per_block=2, latent_channels=4).eval()
    latents = torch.randn(1, 4, 64, 64)
    return lambda: network.decode(latents).sample


def timed(run, runs):
    start = time.perf_counter()
    with torch.inference_mode():
        for _ in range(runs):
            run()
    return (time.perf_counter() - start) * 1000 / runs


def main():
    run = {"step": step, "decode": decode}[sys.argv[1]]()
    for line in sys.stdin:
        question = line.strip()
        if question == "peak":
            kilobytes = next(int(entry.split()[1]) for entry in open("/proc/self/status") if entry.startswith("VmHWM:"))
            print(f"{kilobytes * 1024 / 1e6:.0f}", flush=True)
        elif question == "remark":
            print(f"PyTorch {torch.__version__}, diffusers {diffusers.__version__}, {torch.backends.cpu.get_cpu_capability()}", flush=True)
        else:
            print(repr(timed(run, 2 if question == "warm" else 1)), flush=True)


if __name__ == "__main__":
    main()
