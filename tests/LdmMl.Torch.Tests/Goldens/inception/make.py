"""Makes the case i01_random_weights and ../keys/inception-fid.txt with pytorch-fid's own code.

Usage: python3 make.py FOLDER_OF_PYTORCH_FID    (the folder that holds src/pytorch_fid/inception.py)

Written with torch 1.13.0a0 and torchvision 0.14.1a0 (Debian 12) and pytorch-fid b9c18118. Every parameter and the larger
input come from the integer generator detgen-v1 (SplitMix64 on the FNV-1a hash of the name), so that no file of weights is
needed; the reference's download is replaced by them, and everything else runs as it is.
"""
import json
import os
import struct
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
CASE = os.path.join(HERE, "i01_random_weights")
SEED = 21
U64 = np.uint64


def detgen(name, shape, bound, center, seed):
    state = 0xCBF29CE484222325
    for letter in name.encode():
        state = ((state ^ letter) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        z = U64((state + seed) % 2**64) + np.arange(1, int(np.prod(shape)) + 1, dtype=U64) * U64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> U64(30))) * U64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> U64(27))) * U64(0x94D049BB133111EB)
        z = z ^ (z >> U64(31))
    unit = (z >> U64(40)).astype(np.float64) / 2**24
    return (center + (2 * unit - 1) * bound).astype(np.float32).reshape(shape)


def recipe(name, shape):
    if name.endswith("conv.weight"):
        bound, center = float(np.sqrt(6 / np.prod(shape[1:]))), 0.0   # keeps the size of activations through ReLUs
    elif name.endswith("running_var"):
        bound, center = 0.5, 1.0
    elif name.endswith("bn.weight"):
        bound, center = 0.25, 1.0
    else:
        bound, center = 0.1, 0.0
    return {"name": name, "shape": list(shape), "bound": bound, "center": center, "seed": SEED}


def save(path, tensors):
    header, data = {}, b""
    for name, value in tensors.items():
        value = np.ascontiguousarray(value)
        kind = {"float32": "F32", "uint8": "U8"}[value.dtype.name]
        header[name] = {"dtype": kind, "shape": list(value.shape), "data_offsets": [len(data), len(data) + value.nbytes]}
        data += value.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def run(inception, images, double):
    kind = torch.float64 if double else torch.float32
    network = inception.InceptionV3([0, 1, 2, 3]).eval().to(kind)
    outputs = {}
    with torch.no_grad():
        for name, batch in images.items():
            blocks = network(torch.from_numpy(batch).to(kind))
            for index, block in enumerate(blocks[:3]):
                outputs[f"{name}.block{index}.corner"] = block[:, :8, :4, :4]
                outputs[f"{name}.block{index}.means"] = block.mean((2, 3))
            outputs[f"{name}.pool3"] = blocks[3].flatten(1)
    return {name: value.double().numpy() for name, value in outputs.items()}


def main():
    sys.path.insert(0, os.path.join(sys.argv[1], "src", "pytorch_fid"))
    import inception
    import torchvision

    shapes = torchvision.models.inception_v3(num_classes=1008, aux_logits=False, weights=None, init_weights=False)
    parameters = [recipe(name, value.shape) for name, value in shapes.state_dict().items() if not name.endswith("num_batches_tracked")]
    weights = {p["name"]: torch.from_numpy(detgen(p["name"], p["shape"], p["bound"], p["center"], p["seed"])) for p in parameters}
    # As in files from before num_batches_tracked: torch accepts that such counters are absent.
    inception.load_state_dict_from_url = lambda *_, **__: weights

    small = (detgen("small", (2, 3, 47, 61), 0.5, 0.5, SEED) * 255).astype(np.uint8)
    generated = {"name": "large", "shape": [1, 3, 310, 333], "bound": 0.5, "center": 0.5, "seed": SEED}
    images = {"small": small.astype(np.float32) / 255, "large": detgen(*(generated[k] for k in ("name", "shape", "bound", "center", "seed")))}

    single, exact = run(inception, images, double=False), run(inception, images, double=True)
    os.makedirs(CASE, exist_ok=True)
    save(os.path.join(CASE, "inputs.safetensors"), {"small": small})
    save(os.path.join(CASE, "outputs.safetensors"), {name: value.astype(np.float32) for name, value in single.items()})
    tolerance = {}
    for name, value in single.items():
        largest, difference = float(np.abs(value).max()), float(np.abs(value - exact[name]).max())
        # Another order of summation, and folding the normalisations into the weights, cost a few float32 roundings of each layer.
        tolerance[name] = {"shape": list(value.shape), "absmax": largest, "rms": float(np.sqrt((value**2).mean())),
                           "spread": float(np.ptp(value)), "diff_f64": difference, "atol": max(10 * difference, 2e-6 * largest)}
    for name, content in {
        "config.json": {"_case": "inception/i01_random_weights", "reference": "pytorch-fid b9c18118", "generated_inputs": [generated],
                        "generated": {"generator": "detgen-v1", "parameters": parameters}},
        "tolerance.json": tolerance,
    }.items():
        with open(os.path.join(CASE, name), "w") as file:
            json.dump(content, file, indent=None if name == "config.json" else 1)
            file.write("\n")

    # The published file is this module's own state dict (the reference loads it strictly), classifier included.
    with open(os.path.join(HERE, "..", "keys", "inception-fid.txt"), "w") as file:
        file.writelines(sorted(f"{p['name']} [{', '.join(map(str, p['shape']))}]\n" for p in parameters))
    print({name: (t["absmax"], t["rms"], t["diff_f64"], t["atol"]) for name, t in tolerance.items()})


if __name__ == "__main__":
    main()
