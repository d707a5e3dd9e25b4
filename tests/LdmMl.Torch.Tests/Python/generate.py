"""Opens a folder that LdmMl saved as a whole in diffusers, generates one image for each seed, and writes them as float32 numbers.

usage: generate.py FOLDER OUTPUT STEPS SEED...

OUTPUT.json may hold the labels of the rows, OUTPUT.context their tokens [rows, tokens, width] and OUTPUT.pooled the vectors of their texts
[rows, width] as float32 numbers, and OUTPUT.step what the scheduler's step is told, such as eta.

Each row has a generator of its own, for its first latent and for all noise after it.
"""
import inspect
import json
import os
import sys

import diffusers
import numpy
import torch

folder, output, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
seeds = [int(seed) for seed in sys.argv[4:]]
index = json.load(open(os.path.join(folder, "model_index.json")))


def open_whole():
    """Gives the parts of the pipeline, and its name."""
    pipeline = diffusers.DiffusionPipeline.from_pretrained(folder)
    return pipeline.components, type(pipeline).__name__


def open_parts():
    """Gives the parts of a pipeline that cannot be opened as a whole because transformers is not installed."""
    parts = {name: value[1] for name, value in index.items() if isinstance(value, list) and value[0] == "diffusers"}
    opened = {name: getattr(diffusers, kind).from_pretrained(folder, subfolder=name) for name, kind in parts.items()}
    return opened, "parts of " + index["_class_name"]


def decode(autoencoder, latents):
    """Decodes scaled latents, as the pipelines do."""
    config = autoencoder.config
    means, deviations = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    if means is not None and deviations is not None:
        raw = latents * torch.tensor(deviations).view(1, -1, 1, 1) / config.scaling_factor + torch.tensor(means).view(1, -1, 1, 1)
    else:
        raw = latents / config.scaling_factor + (getattr(config, "shift_factor", None) or 0)
    return autoencoder.decode(raw).sample


needs_transformers = index["_class_name"].startswith("StableDiffusion")
components, opened_as = open_parts() if needs_transformers and not diffusers.utils.is_transformers_available() else open_whole()
autoencoder = components.get("vqvae") or components["vae"]
unet, scheduler = components["unet"], components["scheduler"]

size = unet.config.sample_size
height, width = (size, size) if isinstance(size, int) else size
shape = (unet.config.in_channels, height, width)
generators = [torch.Generator().manual_seed(seed) for seed in seeds]
latents = torch.stack([torch.randn(shape, generator=generator) for generator in generators])

conditions = {}
if os.path.exists(output + ".json"):
    conditions["class_labels"] = torch.tensor(json.load(open(output + ".json")))
if os.path.exists(output + ".context"):
    tokens = numpy.fromfile(output + ".context", dtype=numpy.float32)
    conditions["encoder_hidden_states"] = torch.from_numpy(tokens.reshape(len(seeds), -1, unet.config.cross_attention_dim))
if os.path.exists(output + ".pooled"):
    pooled = torch.from_numpy(numpy.fromfile(output + ".pooled", dtype=numpy.float32).reshape(len(seeds), -1))
    factor = 2 ** (len(autoencoder.config.block_out_channels) - 1)
    sizes = torch.tensor([[height * factor, width * factor, 0, 0, height * factor, width * factor]] * len(seeds), dtype=torch.float32)
    conditions["added_cond_kwargs"] = {"text_embeds": pooled, "time_ids": sizes}

told = json.load(open(output + ".step")) if os.path.exists(output + ".step") else {}
if "generator" in inspect.signature(scheduler.step).parameters:
    told["generator"] = generators

with torch.no_grad():
    scheduler.set_timesteps(steps)
    latents = latents * scheduler.init_noise_sigma
    for step in scheduler.timesteps:
        predicted = unet(scheduler.scale_model_input(latents, step), step, **conditions).sample
        latents = scheduler.step(predicted, step, latents, **told).prev_sample
    images = decode(autoencoder, latents).clamp(-1, 1)

images.numpy().astype(numpy.float32).tofile(output)
print(opened_as)
