#!/usr/bin/env python3
"""The decoder of the published kl-f8 as an ONNX file: what the workload OnnxDecode runs.

    python3 kl_f8_decoder_onnx.py WEIGHTS.safetensors DECODER.onnx

Raw latents [1, 4, 32, 32] to images [1, 3, 256, 256], not clamped, in float32; every shape is fixed, so that the runtime can plan with all of them.
The weights are those that "onnx-weights" of the benchmark program writes. Needs PyTorch (1.13 is enough) and nothing else.
"""
import json
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

BASE, MULTIPLIERS, BLOCKS, LATENT, SIDE = 128, [1, 2, 4, 4], 3, 4, 32   # a level of the decoder has one block more than one of the encoder
OPSET = 17                                                              # the newest that PyTorch 1.13 writes


def norm(c):
    return nn.GroupNorm(32, c, eps=1e-6)


class Block(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.norm1, self.conv1 = norm(cin), nn.Conv2d(cin, cout, 3, 1, 1)
        self.norm2, self.conv2 = norm(cout), nn.Conv2d(cout, cout, 3, 1, 1)
        if cin != cout:
            self.nin_shortcut = nn.Conv2d(cin, cout, 1)

    def forward(self, x):
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h)))
        return (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x) + h


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm = norm(c)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(c, c, 1) for _ in range(4))

    def forward(self, x):
        b, c, h, w = x.shape
        normed = self.norm(x)
        q, k, v = (layer(normed).reshape(b, c, h * w) for layer in (self.q, self.k, self.v))
        weight = torch.softmax(torch.bmm(q.permute(0, 2, 1), k) * c ** -0.5, dim=2)             # [B, HW, HW]
        return x + self.proj_out(torch.bmm(v, weight.permute(0, 2, 1)).reshape(b, c, h, w))


class Upsample(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, 1, 1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Level(nn.Module):
    def __init__(self, cin, cout, doubles):
        super().__init__()
        self.block = nn.ModuleList(Block(cin if index == 0 else cout, cout) for index in range(BLOCKS))
        if doubles:
            self.upsample = Upsample(cout)

    def forward(self, h):
        for block in self.block:
            h = block(h)
        return self.upsample(h) if hasattr(self, "upsample") else h


class Middle(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.block_1, self.attn_1, self.block_2 = Block(c, c), Attention(c), Block(c, c)

    def forward(self, h):
        return self.block_2(self.attn_1(self.block_1(h)))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        widths = [BASE * multiplier for multiplier in MULTIPLIERS]
        self.conv_in, self.mid = nn.Conv2d(LATENT, widths[-1], 3, 1, 1), Middle(widths[-1])
        before = widths[1:] + widths[-1:]                          # a level's input is the output of the next smaller image's
        self.up = nn.ModuleList(Level(before[level], width, doubles=level > 0) for level, width in enumerate(widths))
        self.norm_out, self.conv_out = norm(widths[0]), nn.Conv2d(widths[0], 3, 3, 1, 1)

    def forward(self, z):
        h = self.mid(self.conv_in(z))
        for level in reversed(self.up):
            h = level(h)
        return self.conv_out(F.silu(self.norm_out(h)))


class LatentDecoder(nn.Module):
    """Named as in the published checkpoint: post_quant_conv.*, decoder.*."""

    def __init__(self):
        super().__init__()
        self.post_quant_conv, self.decoder = nn.Conv2d(LATENT, LATENT, 1), Decoder()

    def forward(self, latents):                                    # [1, 4, 32, 32] -> [1, 3, 256, 256]
        return self.decoder(self.post_quant_conv(latents))


def read_safetensors(path):
    """A length in 8 bytes, that much JSON, and the tensors (here all of float32)."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for key, entry in header.items():
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: '{key}' has the data type {entry['dtype']}; F32 is needed.")
        begin, end = entry["data_offsets"]
        tensors[key] = torch.from_numpy(np.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"]).copy())
    return tensors


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    weights, target = sys.argv[1:]
    network = LatentDecoder().eval()
    network.load_state_dict(read_safetensors(weights))             # strict: every key, and no other
    latents = torch.zeros(1, LATENT, SIDE, SIDE)
    torch.onnx.export(
        network, latents, target, opset_version=OPSET, do_constant_folding=True, input_names=["latents"], output_names=["images"])


if __name__ == "__main__":
    main()
