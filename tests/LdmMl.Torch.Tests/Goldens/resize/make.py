"""Makes cases.tsv: what Pillow's Image.resize gives, as hashes.  Usage: python3 make.py [many] > cases.tsv

Written with Pillow 9.4.0 (Debian 12) and Python 3.11. Each line holds mode, filter, source size, target size, kind of image,
seed, and the first 16 hex digits of the SHA-256 of the resized bytes. Source bytes come from a linear congruential
generator (state = state * 1664525 + 1013904223 mod 2^32, byte = state >> 24), so that no image has to be kept;
kind "extreme" keeps only the top bit of each byte and makes it 0 or 255, which provokes overshoot. With "many" there are
2,000 random sizes more; the tests read another file than cases.tsv where the variable LDMML_RESIZE_CASES names one.
"""
import hashlib
import random
import sys

import PIL
from PIL import Image

FILTERS = {
    "Nearest": Image.Resampling.NEAREST,
    "Box": Image.Resampling.BOX,
    "Bilinear": Image.Resampling.BILINEAR,
    "Hamming": Image.Resampling.HAMMING,
    "Bicubic": Image.Resampling.BICUBIC,
    "Lanczos": Image.Resampling.LANCZOS,
}
CHANNELS = {"L": 1, "RGB": 3, "RGBA": 4}
SIZES = [
    ((37, 23), (16, 9)), ((37, 23), (37, 11)), ((37, 23), (13, 23)), ((37, 23), (38, 24)), ((16, 9), (61, 47)), ((1, 1), (5, 7)),
    ((1, 9), (4, 3)), ((9, 1), (3, 4)), ((64, 48), (1, 1)), ((257, 3), (2, 5)), ((3, 130), (7, 2)), ((33, 31), (8, 64)),
    ((31, 33), (64, 8)), ((40, 40), (39, 41)), ((8, 8), (8, 8)), ((2, 2), (33, 1)), ((96, 64), (32, 32)), ((5, 4), (100, 3)),
]


def source(count, kind, seed):
    state, result = seed, bytearray(count)
    for i in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        value = state >> 24
        result[i] = value if kind == "noise" else 255 * (value >> 7)
    return bytes(result)


def line(mode, name, old, new, kind, seed):
    image = Image.frombytes(mode, old, source(old[0] * old[1] * CHANNELS[mode], kind, seed))
    resized = image.resize(new, FILTERS[name])
    digest = hashlib.sha256(resized.tobytes()).hexdigest()[:16]
    return "\t".join([mode, name, "%dx%d" % old, "%dx%d" % new, kind, str(seed), digest])


def cases(many):
    seed = 1
    for old, new in SIZES:
        for mode in CHANNELS:
            for name in FILTERS:
                seed += 1
                yield mode, name, old, new, "extreme" if seed % 3 == 0 else "noise", seed
    pick = random.Random(2022)
    for _ in range(2000 if many else 0):
        wide = pick.choice([3, 20, 100, 300])
        old = (pick.randint(1, wide), pick.randint(1, 60))
        new = (pick.randint(1, 100), pick.randint(1, wide))
        if pick.random() < 0.5:
            old, new = old[::-1], new[::-1]
        seed += 1
        yield pick.choice(list(CHANNELS)), pick.choice(list(FILTERS)), old, new, pick.choice(["noise", "extreme"]), seed
    for old, new in [((20000, 2), (3, 3)), ((2, 20000), (3, 3)), ((3, 2), (5000, 4)), ((3, 2), (4, 5000)), ((768, 512), (256, 256))] if many else []:
        for mode in CHANNELS:
            for name in FILTERS:
                seed += 1
                yield mode, name, old, new, "noise", seed
    if not many:
        yield "RGB", "Hamming", (768, 512), (256, 256), "noise", 2407   # shows that Pillow's constants are floats


print("# Pillow " + PIL.__version__)
for case in cases("many" in sys.argv):
    print(line(*case))
