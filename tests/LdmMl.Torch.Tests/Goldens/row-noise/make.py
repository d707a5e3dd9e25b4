# What PyTorch's CPU generator draws for a seed, draw after draw: noise.safetensors. Made with python3-torch 1.13.1 of Debian 12:
#   python3 make.py
import json
import struct

import torch

SEEDS = [0, 1, 42, -1, -2, 2**31, 2**32 + 5, 123456789012345, 2**63 - 1, -(2**63)]
# Fewer than 16 numbers are drawn one by one, and an odd one out is kept for the next draw; 16 and more go another way.
SHAPES = [(1, 1, 1, 1), (1, 3, 2, 2), (1, 1, 3, 5), (1, 4, 2, 2), (1, 1, 1, 17), (1, 3, 5, 7), (1, 1, 1, 1), (1, 4, 8, 8)]


def main():
    header, blobs, offset = {}, [], 0
    for seed in SEEDS:
        generator = torch.Generator().manual_seed(seed)
        for draw, shape in enumerate(SHAPES):
            blob = torch.randn(shape, generator=generator).numpy().tobytes()
            header[f"{seed}.{draw}"] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + len(blob)]}
            offset += len(blob)
            blobs.append(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open("noise.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


main()
