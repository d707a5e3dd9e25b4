"""Makes unets.tsv with the reference's own code: for each published U-Net the number of keys and of parameters, and a hash of all
"key [shape]" lines in order, in CompVis' naming and, for networks with a context, in diffusers'.

Usage: python3 make_unets.py LATENT_DIFFUSION STABLE_DIFFUSION STABLE_DIFFUSION_2 DIFFUSERS [FOLDER]

The arguments are checkouts of CompVis/latent-diffusion a506df57, CompVis/stable-diffusion 21f890f9, Stability-AI/stablediffusion cf1d67a6
and huggingface/diffusers v0.21.4; with FOLDER the lines themselves are written there. Made with torch 1.13.0a0 (Debian 12). Weights live on
the meta device: shapes without memory. einops and omegaconf are only imported by the reference and not used while a network is built.
"""
import ast
import hashlib
import os
import subprocess
import sys
import types

import torch
import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
LATENT_DIFFUSION, STABLE_DIFFUSION, STABLE_DIFFUSION_2, DIFFUSERS = (os.path.abspath(path) for path in sys.argv[1:5])
FOLDER = sys.argv[5] if len(sys.argv) > 5 else None

UNETS = [
    ("celebahq256", LATENT_DIFFUSION, "models/ldm/celeba256/config.yaml"),
    ("ffhq256", LATENT_DIFFUSION, "models/ldm/ffhq256/config.yaml"),
    ("lsun_beds256", LATENT_DIFFUSION, "models/ldm/lsun_beds256/config.yaml"),
    ("lsun_churches256", LATENT_DIFFUSION, "models/ldm/lsun_churches256/config.yaml"),
    ("cin256", LATENT_DIFFUSION, "models/ldm/cin256/config.yaml"),
    ("cin256-v2", LATENT_DIFFUSION, "configs/latent-diffusion/cin256-v2.yaml"),
    ("txt2img-1p4B", LATENT_DIFFUSION, "configs/latent-diffusion/txt2img-1p4B-eval.yaml"),
    ("text2img256", LATENT_DIFFUSION, "models/ldm/text2img256/config.yaml"),
    ("bsr_sr", LATENT_DIFFUSION, "models/ldm/bsr_sr/config.yaml"),
    ("inpainting_big", LATENT_DIFFUSION, "models/ldm/inpainting_big/config.yaml"),
    ("semantic_synthesis256", LATENT_DIFFUSION, "models/ldm/semantic_synthesis256/config.yaml"),
    ("stable-diffusion-1", STABLE_DIFFUSION, "configs/stable-diffusion/v1-inference.yaml"),
    ("stable-diffusion-2", STABLE_DIFFUSION_2, "configs/stable-diffusion/v2-inference.yaml"),
    ("stable-diffusion-2-unclip", STABLE_DIFFUSION_2, "configs/stable-diffusion/v2-1-stable-unclip-l-inference.yaml"),
]

CONVERSION = {
    "shave_segments", "renew_resnet_paths", "renew_attention_paths", "assign_to_checkpoint", "create_unet_diffusers_config",
    "convert_ldm_unet_checkpoint",
}


def build(checkout, path):
    """Builds the network of a YAML with the code of the same checkout; prints its shapes."""
    for name in ("einops", "omegaconf", "omegaconf.listconfig"):
        module = types.ModuleType(name)
        module.rearrange = module.repeat = module.ListConfig = type(name, (), {})
        sys.modules[name] = module
    sys.path.insert(0, checkout)
    for layer in (torch.nn.Linear, torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.GroupNorm, torch.nn.LayerNorm, torch.nn.Embedding):
        layer.__init__ = on_meta(layer.__init__)
    from ldm.modules.diffusionmodules.openaimodel import UNetModel

    with open(os.path.join(checkout, path)) as file:
        parameters = yaml.safe_load(file)["model"]["params"]["unet_config"]["params"]
    network = UNetModel(**{key: value for key, value in parameters.items() if key != "use_fp16"})
    for key, tensor in network.state_dict().items():
        print(key, list(tensor.shape), sep="\t")


def on_meta(initialize):
    return lambda self, *args, **kwargs: initialize(self, *args, **{**kwargs, "device": "meta"})


class Settings(dict):
    __getattr__ = dict.get


def settings(value):
    return Settings({key: settings(item) for key, item in value.items()}) if isinstance(value, dict) else value


def to_diffusers(checkout, path, shapes):
    """Converts shapes with the functions of diffusers' own script."""
    with open(os.path.join(DIFFUSERS, "src/diffusers/pipelines/stable_diffusion/convert_from_ckpt.py")) as file:
        tree = ast.parse(file.read())
    functions = ast.Module([node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in CONVERSION], [])
    space = {}
    exec(compile(functions, "convert_from_ckpt.py", "exec"), space)
    with open(os.path.join(checkout, path)) as file:
        config = space["create_unet_diffusers_config"](settings(yaml.safe_load(file)), 512)
    tensors = {key: torch.empty(shape, device="meta") for key, shape in shapes.items()}
    converted = space["convert_ldm_unet_checkpoint"](tensors, config, skip_extract_state_dict=True)
    return {key: list(tensor.shape) for key, tensor in converted.items()}


def row(name, shapes):
    lines = sorted(f"{key} [{', '.join(map(str, shape))}]" for key, shape in shapes.items())
    text = "".join(line + "\n" for line in lines)
    if FOLDER:
        with open(os.path.join(FOLDER, name + ".txt"), "w") as file:
            file.write(text)
    count = sum(torch.Size(shape).numel() for shape in shapes.values())
    return f"{name}\t{len(lines)}\t{count}\t{hashlib.sha256(text.encode()).hexdigest()}\n"


def main():
    rows = []
    for name, checkout, path in UNETS:
        # Each checkout has a package of the same name, so each network is built in a process of its own.
        command = [sys.executable, os.path.abspath(__file__), *sys.argv[1:5], "build", checkout, path]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        pairs = (line.split("\t") for line in printed.splitlines() if "\t[" in line)
        shapes = {key: ast.literal_eval(shape) for key, shape in pairs}
        rows.append(row(name, shapes))
        with open(os.path.join(checkout, path)) as file:
            if "context_dim" in file.read():
                rows.append(row(f"{name}.diffusers", to_diffusers(checkout, path, shapes)))
    with open(os.path.join(HERE, "unets.tsv"), "w") as file:
        file.writelines(rows)


if __name__ == "__main__":
    if len(sys.argv) > 6 and sys.argv[5] == "build":
        build(sys.argv[6], sys.argv[7])
    else:
        main()
