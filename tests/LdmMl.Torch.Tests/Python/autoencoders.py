"""Opens autoencoders that LdmMl saved in diffusers, each alone, and encodes and decodes images.

usage: autoencoders.py PARENT SIDE

PARENT holds a folder for each autoencoder, which holds vae/ and images, [2, channels, SIDE, SIDE] as float32 numbers in [-1, 1]. Writes encoded,
without noise and not scaled, and decoded, beside them. Prints the folders that diffusers refused, and the class that it missed.
"""
import os
import sys

import diffusers
import numpy
import torch

parent, side = sys.argv[1], int(sys.argv[2])
refused = []

for name in sorted(os.listdir(parent)):
    folder = os.path.join(parent, name)
    try:
        model = diffusers.AutoModel.from_pretrained(folder, subfolder="vae")
    except (ValueError, AttributeError, ImportError) as error:
        refused.append(name + ": " + " ".join(str(error).split()))
        continue
    images = torch.from_numpy(numpy.fromfile(os.path.join(folder, "images"), dtype=numpy.float32)).reshape(2, -1, side, side)
    with torch.no_grad():
        encoded = model.encode(images)
        latents = encoded.latent_dist.mode() if hasattr(encoded, "latent_dist") else encoded.latents
        decoded = model.decode(latents).sample
    latents.numpy().astype(numpy.float32).tofile(os.path.join(folder, "encoded"))
    decoded.numpy().astype(numpy.float32).tofile(os.path.join(folder, "decoded"))

print("; ".join(refused))
