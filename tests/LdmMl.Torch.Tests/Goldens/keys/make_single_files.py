"""Makes single-files.tsv: for each published single file its number of keys, of parameters, and the SHA-256 of its sorted lines "key [shape]".

Usage: python3 make_single_files.py DIFFUSERS [FOLDER]

DIFFUSERS is a checkout of huggingface/diffusers (v0.40 was used, with PyTorch 2.6): its classes build U-Net and autoencoder from the published
configs on the meta device, and its scripts/convert_diffusers_to_original_sdxl.py renames everything to the original file's keys. The text encoders'
keys are those of make_text_encoders.py. With FOLDER the lines themselves are written there. What the original file has beside networks
(position_ids, logit_scale) is not in the list.
"""
import hashlib
import importlib.util
import os
import sys

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

HERE = os.path.dirname(os.path.abspath(__file__))
DIFFUSERS = sys.argv[1]
FOLDER = sys.argv[2] if len(sys.argv) > 2 else None

UNET = {
    "sample_size": 128, "in_channels": 4, "out_channels": 4, "block_out_channels": (320, 640, 1280), "layers_per_block": 2,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), "attention_head_dim": (5, 10, 20), "cross_attention_dim": 2048,
    "transformer_layers_per_block": (1, 2, 10), "use_linear_projection": True, "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}
AUTOENCODER = {
    "sample_size": 1024, "block_out_channels": (128, 256, 512, 512), "layers_per_block": 2, "latent_channels": 4,
    "down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4,
}


def module(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def clip_keys():
    """The functions of make_text_encoders.py, without what it prints."""
    with open(os.path.join(HERE, "make_text_encoders.py")) as file:
        source = file.read().split("def ldm_bert")[0]
    space = {}
    exec(source, space)
    return space["clip"]


def meta(keys):
    return {key: torch.empty(shape, device="meta") for key, shape in keys}


def original():
    convert = module(os.path.join(DIFFUSERS, "scripts", "convert_diffusers_to_original_sdxl.py"), "convert")
    clip = clip_keys()
    with torch.device("meta"):
        unet = convert.convert_unet_state_dict(dict(UNet2DConditionModel(**UNET).state_dict()))
        vae = convert.convert_vae_state_dict(dict(AutoencoderKL(**AUTOENCODER).state_dict()))
    first = convert.convert_openai_text_enc_state_dict(meta(clip(768, 12, 3072)))
    second = convert.convert_openclip_text_enc_state_dict(meta(clip(1280, 32, 5120, projection=1280)))
    if "text_projection.weight" in second:
        second["text_projection"] = second.pop("text_projection.weight").t()
    for prefix, part in [
        ("model.diffusion_model.", unet), ("first_stage_model.", vae), ("conditioner.embedders.0.transformer.", first),
        ("conditioner.embedders.1.model.", second),
    ]:
        for key, tensor in part.items():
            yield prefix + key, list(tensor.shape)


def main():
    shapes = dict(original())
    text = "".join(f"{key} [{', '.join(map(str, shape))}]\n" for key, shape in sorted(shapes.items()))
    if FOLDER:
        with open(os.path.join(FOLDER, "stable-diffusion-xl-base.txt"), "w") as file:
            file.write(text)
    lines = sorted(text.splitlines())
    digest = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    with open(os.path.join(HERE, "single-files.tsv"), "w") as file:
        count = sum(torch.Size(shape).numel() for shape in shapes.values())
        file.write(f"stable-diffusion-xl-base\t{len(lines)}\t{count}\t{digest}\n")


if __name__ == "__main__":
    main()
