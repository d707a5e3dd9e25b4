"""Prints text-encoders.tsv: number of keys, number of parameters, and SHA-256 of the sorted lines "key [shape]" of published text encoders.

Written from the published files' own lists of tensors (openai/clip-vit-large-patch14, stabilityai/stable-diffusion-2-1, stable-diffusion-xl-base-1.0,
CompVis/ldm-text2im-large-256 without its unused head); the first four have the parameters that are published of them.
"""
import hashlib


def clip(width, layers, inner, projection=None, tokens=49408, places=77):
    yield "text_model.embeddings.token_embedding.weight", (tokens, width)
    yield "text_model.embeddings.position_embedding.weight", (places, width)
    for layer in range(layers):
        block = f"text_model.encoder.layers.{layer}"
        for part in ("k_proj", "v_proj", "q_proj", "out_proj"):
            yield f"{block}.self_attn.{part}.weight", (width, width)
            yield f"{block}.self_attn.{part}.bias", (width,)
        for norm in ("layer_norm1", "layer_norm2"):
            yield f"{block}.{norm}.weight", (width,)
            yield f"{block}.{norm}.bias", (width,)
        yield f"{block}.mlp.fc1.weight", (inner, width)
        yield f"{block}.mlp.fc1.bias", (inner,)
        yield f"{block}.mlp.fc2.weight", (width, inner)
        yield f"{block}.mlp.fc2.bias", (width,)
    yield "text_model.final_layer_norm.weight", (width,)
    yield "text_model.final_layer_norm.bias", (width,)
    if projection:
        yield "text_projection.weight", (projection, width)


def ldm_bert(width=1280, layers=32, tokens=30522, places=77, attention=8 * 64):
    yield "model.embed_tokens.weight", (tokens, width)
    yield "model.embed_positions.weight", (places, width)
    for layer in range(layers):
        block = f"model.layers.{layer}"
        for part in ("q_proj", "k_proj", "v_proj"):
            yield f"{block}.self_attn.{part}.weight", (attention, width)
        yield f"{block}.self_attn.out_proj.weight", (width, attention)
        yield f"{block}.self_attn.out_proj.bias", (width,)
        for norm in ("self_attn_layer_norm", "final_layer_norm"):
            yield f"{block}.{norm}.weight", (width,)
            yield f"{block}.{norm}.bias", (width,)
        yield f"{block}.fc1.weight", (4 * width, width)
        yield f"{block}.fc1.bias", (4 * width,)
        yield f"{block}.fc2.weight", (width, 4 * width)
        yield f"{block}.fc2.bias", (width,)
    yield "model.layer_norm.weight", (width,)
    yield "model.layer_norm.bias", (width,)


def count(shape):
    product = 1
    for side in shape:
        product *= side
    return product


for name, keys in [
    ("stable-diffusion-1", clip(768, 12, 3072)),
    ("stable-diffusion-2", clip(1024, 23, 4096)),
    ("sdxl-first", clip(768, 12, 3072)),
    ("sdxl-second", clip(1280, 32, 5120, projection=1280)),
    ("ldm-text2im-large", ldm_bert()),
]:
    keys = list(keys)
    lines = sorted(f"{key} [{', '.join(map(str, shape))}]" for key, shape in keys)
    digest = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    print(name, len(lines), sum(count(shape) for _, shape in keys), digest, sep="\t")
