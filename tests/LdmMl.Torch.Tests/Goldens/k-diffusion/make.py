"""k-diffusion's solvers that choose their own steps: k13_dpm_fast, k14_dpm_adaptive.

python make.py PATH/TO/k-diffusion     (crowsonkb/k-diffusion 4601bf08, PyTorch 2.6; CPU)
"""
import json
import pathlib
import struct
import sys
import types

import torch

for name, member in (("torchdiffeq", "odeint"), ("torchsde", None), ("tqdm.auto", None), ("tqdm", None), ("k_diffusion.utils", None)):
    module = sys.modules[name] = types.ModuleType(name)
    if member:
        setattr(module, member, None)


class Bar:
    def __init__(self, **_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def update(self, *_):
        pass


sys.modules["tqdm.auto"].tqdm, sys.modules["tqdm.auto"].trange = Bar, range
package = types.ModuleType("k_diffusion")
package.__path__, package.utils = [], sys.modules["k_diffusion.utils"]
sys.modules["k_diffusion"] = package
sampling = types.ModuleType("k_diffusion.sampling")
sampling.__package__ = "k_diffusion"
exec(compile((pathlib.Path(sys.argv[1]) / "k_diffusion/sampling.py").read_text(), "sampling.py", "exec"), sampling.__dict__)

SIGMA_MIN, SIGMA_MAX = 0.05, 12.0
CASES = {
    "k13_dpm_fast": [{"n": n, **options} for n in (1, 2, 3, 6, 7, 8, 9, 20) for options in ({}, {"eta": 0.7}, {"eta": 1.0, "s_noise": 1.1})],
    "k14_dpm_adaptive": [
        {}, {"order": 2}, {"rtol": 0.01, "atol": 0.001}, {"order": 2, "rtol": 0.2, "atol": 0.05}, {"accept_safety": 0.95, "h_init": 0.5},
        {"pcoeff": 0.2, "icoeff": 0.7, "dcoeff": 0.1}, {"eta": 0.5}, {"eta": 1.0, "s_noise": 0.9}, {"order": 2, "eta": 1.0, "h_init": 2.0},
        {"h_init": 3.0, "rtol": 0.003},
    ],
}


def model(x, sigma):
    sigma = sigma.reshape(-1, 1, 1, 1)
    return x * (0.9 / (1 + sigma**2)) + 0.1 * torch.sin(3 * x / (1 + sigma))


def run(function, options, x, noise):
    draws = iter(noise)
    given = dict(noise_sampler=lambda *_: next(draws), disable=True)
    calls = []
    counted = lambda x, sigma: (calls.append(1), model(x, sigma))[1]
    return function(counted, x, SIGMA_MIN, SIGMA_MAX, **options, **given), len(calls)


def save(path, tensors):
    header, blobs, offset = {}, [], 0
    for name, tensor in tensors.items():
        blob = tensor.to(torch.float32).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


for name, runs in CASES.items():
    folder = pathlib.Path(__file__).parent / name
    folder.mkdir(exist_ok=True)
    generator = torch.Generator().manual_seed(13)
    x = torch.randn((1, 3, 4, 5), generator=generator) * SIGMA_MAX
    noise = torch.randn((80, 1, 3, 4, 5), generator=generator)
    function = getattr(sampling, "sample" + name[3:])
    outputs, tolerance, listed = {}, {}, []
    for index, options in enumerate(runs):
        final, calls = run(function, options, x, noise)
        exact, _ = run(function, options, x.double(), noise.double())
        outputs[f"final_{index}"] = final
        tolerance[f"final_{index}"] = {"atol": float(f"{max(10 * float((final - exact).abs().max()), 1e-6):.2g}")}
        listed.append({"kwargs": options, "calls": calls})
    save(folder / "inputs.safetensors", {"x": x, "noise": noise})
    save(folder / "outputs.safetensors", outputs)
    config = {
        "target": "k_diffusion.sampling.sample" + name[3:], "sigma_min": SIGMA_MIN, "sigma_max": SIGMA_MAX, "runs": listed,
        "_case": {"name": name, "group": "k-diffusion", "reference": {"crowsonkb/k-diffusion": "4601bf085320592473f681a62808ed873d17fad5"}},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    (folder / "tolerance.json").write_text(json.dumps(tolerance, indent=1) + "\n")
    (folder / "README.md").write_text(
        f"# k-diffusion/{name}\n\n{config['target']} between sigma_min and sigma_max, one row, made by `../make.py`. The denoiser is "
        "D(x, sigma) = x 0.9 / (1 + sigma²) + 0.1 sin(3 x / (1 + sigma)). `x` is the first state, `noise` what the noise sampler gives, in the "
        "order of its calls; `final_N` the end of run N, whose arguments and number of network calls stand in `runs`. Tolerances: ten times what "
        "the reference in float32 differs from itself in float64.\n")
