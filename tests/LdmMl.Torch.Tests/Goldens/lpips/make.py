"""Makes the case o03_squeeze_35x43: the formula of Zhang et al. 2018 over torchvision's SqueezeNet 1.1, in Python's float64.

Usage: python3 make.py

Needs nothing but Python. The weights come from the integer generator detgen-v1 (SplitMix64 on the FNV-1a hash of the name),
under the recipe of o01_squeeze_odd; the images are large enough that Winograd's largest tiles are the choice for some layers.
No activation of the first image is so near the kink of its rectifier that float32 could put it on the other side.
`python3 make.py check` computes o01_squeeze_odd, which PyTorch made, and prints by how much it differs.
"""
import json
import math
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.join(HERE, "o01_squeeze_odd")
CASE = os.path.join(HERE, "o03_squeeze_35x43")
SIDES = (35, 43)
SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
KINK = 2e-5
FIRES, POOLS, LAYERS = (3, 4, 6, 7, 9, 10, 11, 12), (2, 5, 8), (0, 4, 7, 9, 10, 11, 12)


def single(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def detgen(name, count, bound, center, seed):
    state = 0xCBF29CE484222325
    for letter in name.encode():
        state = ((state ^ letter) * 0x100000001B3) % 2**64
    values = []
    for index in range(1, count + 1):
        z = (state + seed + index * 0x9E3779B97F4A7C15) % 2**64
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
        z ^= z >> 31
        values.append(single(center + (2 * ((z >> 40) / 2**24) - 1) * bound))
    return values


def read(path):
    with open(path, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(size)), file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            tensors[name] = (entry["shape"], list(struct.unpack(f"<{(end - begin) // 4}f", data[begin:end])))
    return tensors


def write(path, tensors):
    header, data = {}, b""
    for name, (shape, values) in tensors.items():
        raw = struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def weights(config):
    entries = config["backbone_recipe"] + config["generated"]["parameters"]
    return {e["name"]: detgen(e["name"], math.prod(e["shape"]), e["bound"], e["center"], e["seed"]) for e in entries}


nearest = math.inf                                               # to the kink of a rectifier, of all activations so far


# A map is a list of channels, each a list of rows.
def convolve(x, weight, bias, kernel, stride=1, padding=0):      # and ReLU, which follows everywhere
    global nearest
    height, width = len(x[0]), len(x[0][0])
    rows, columns = ((side + 2 * padding - kernel) // stride + 1 for side in (height, width))
    padded = [[[0.0] * (width + 2 * padding)] * padding + [[0.0] * padding + row + [0.0] * padding for row in plane]
              + [[0.0] * (width + 2 * padding)] * padding for plane in x]
    patches = [[value for plane in padded for ky in range(kernel)
                for value in plane[r * stride + ky][c * stride:c * stride + kernel]] for r in range(rows) for c in range(columns)]
    size, out = len(x) * kernel * kernel, []
    for channel, offset in enumerate(bias):
        taps = weight[channel * size:(channel + 1) * size]
        sums = [offset + math.fsum(map(float.__mul__, taps, patch)) for patch in patches]
        nearest = min(nearest, min(map(abs, sums)))
        out.append([[max(0.0, v) for v in sums[r * columns:(r + 1) * columns]] for r in range(rows)])
    return out


def pool(x):                                                     # 3x3, stride 2, what is partial counts
    height, width = len(x[0]), len(x[0][0])
    rows, columns = (-(-(side - 3) // 2) + 1 for side in (height, width))
    return [[[max(v for row in plane[2 * r:2 * r + 3] for v in row[2 * c:2 * c + 3]) for c in range(columns)] for r in range(rows)] for plane in x]


def trunk(image, w):
    x = convolve([[[(v - m) / s for v in row] for row in plane] for plane, m, s in zip(image, SHIFT, SCALE)],
                 w["features.0.weight"], w["features.0.bias"], kernel=3, stride=2)
    layers = [x]
    for index in range(2, 13):
        if index in POOLS:
            x = pool(x)
        elif index in FIRES:
            part = lambda name: (w[f"features.{index}.{name}.weight"], w[f"features.{index}.{name}.bias"])
            narrow = convolve(x, *part("squeeze"), kernel=1)
            x = convolve(narrow, *part("expand1x1"), kernel=1) + convolve(narrow, *part("expand3x3"), kernel=3, padding=1)
        if index in LAYERS:
            layers.append(x)
    return layers


def unit(x):
    lengths = [[math.sqrt(math.fsum(plane[r][c] ** 2 for plane in x)) + 1e-10 for c in range(len(x[0][0]))] for r in range(len(x[0]))]
    return [[[v / l for v, l in zip(row, lengths[r])] for r, row in enumerate(plane)] for plane in x]


def difference(first, second, head):                             # [C, h, w] x 2 -> [h, w]
    a, b = unit(first), unit(second)
    return [[math.fsum(k * (p[r][c] - q[r][c]) ** 2 for k, p, q in zip(head, a, b)) for c in range(len(a[0][0]))] for r in range(len(a[0]))]


def mean(plane):
    return math.fsum(v for row in plane for v in row) / (len(plane) * len(plane[0]))


def stretch(plane, height, width):                               # bilinear, corners not aligned
    def axis(count, size):
        for i in range(count):
            at = max(0.0, (i + 0.5) * size / count - 0.5)
            low = min(int(at), size - 1)
            yield low, min(low + 1, size - 1), at - low
    return [[(plane[y0][x0] * (1 - fx) + plane[y0][x1] * fx) * (1 - fy) + (plane[y1][x0] * (1 - fx) + plane[y1][x1] * fx) * fy
             for x0, x1, fx in axis(width, len(plane[0]))] for y0, y1, fy in axis(height, len(plane))]


def flat(x):
    return [v for plane in x for row in plane for v in row]


def images(tensor):
    (count, channels, height, width), values = tensor
    rows = [values[i * width:(i + 1) * width] for i in range(count * channels * height)]
    return [[rows[(n * channels + c) * height:(n * channels + c + 1) * height] for c in range(channels)] for n in range(count)]


def compute(config, inputs):
    w = weights(config)
    heads = [w[f"lin{layer}.model.1.weight"] for layer in range(len(LAYERS))]
    firsts, seconds = ([trunk(image, w) for image in images(inputs[name])] for name in ("in0", "in1"))
    doubled = lambda name: [[[[2 * v - 1 for v in row] for row in plane] for plane in image] for image in images(inputs[name])]
    units = [[trunk(image, w) for image in doubled(name)] for name in ("in0_unit", "in1_unit")]
    height, width = inputs["in0"][0][2:]
    maps = [[difference(a, b, head) for a, b, head in zip(first, second, heads)] for first, second in zip(firsts, seconds)]
    total = lambda pairs, plain=False: [
        sum(mean(difference(a, b, [1.0] * len(head) if plain else head)) for a, b, head in zip(first, second, heads)) for first, second in pairs]
    scalars = lambda values: ([len(values), 1, 1, 1], values)
    outputs = {
        "value": scalars([sum(map(mean, layers)) for layers in maps]),
        "spatial": ([len(maps), 1, height, width], [
            math.fsum(column) for layers in maps for column in zip(*(flat([stretch(layer, height, width)]) for layer in layers))]),
        "value_normalize": scalars(total(zip(*units))),
        "baseline_no_lin": scalars(total(zip(firsts, seconds), plain=True)),
        "value_self": scalars([0.0] * len(maps)),
    }
    for layer in range(len(LAYERS)):
        values = [v for first in firsts for v in flat(first[layer])]
        middle = math.fsum(values) / len(values)
        deviation = math.sqrt(math.fsum((v - middle) ** 2 for v in values) / (len(values) - 1))
        corner = [[row[:4] for row in plane[:4]] for plane in firsts[0][layer][:8]]
        outputs[f"per_layer.{layer}"] = scalars([mean(layers[layer]) for layers in maps])
        outputs[f"feat_stats.{layer}"] = ([4], [middle, deviation, max(values), sum(v > 0 for v in values) / len(values)])
        outputs[f"feat_corner.{layer}"] = ([1, 8, len(corner[0]), len(corner[0][0])], flat(corner))
    return outputs


def largest(values):
    return max(map(abs, values))


def check():
    expected, outputs = read(os.path.join(MODEL, "outputs.safetensors")), compute(model(), read(os.path.join(MODEL, "inputs.safetensors")))
    for name, (shape, values) in expected.items():
        assert outputs[name][0] == shape, name
        print(name, max(abs(a - b) for a, b in zip(values, outputs[name][1])) / max(largest(values), 1e-300))


def model():
    with open(os.path.join(MODEL, "config.json")) as file:
        return json.load(file)


def draw(config):
    global nearest
    shape, seed = [1, 3, *SIDES], 0
    while True:
        seed, nearest = seed + 1, math.inf
        first = detgen("in0", math.prod(shape), 1.0, 0.0, seed)
        trunk(images((shape, first))[0], weights(config))
        if nearest > KINK:
            return shape, first, seed


def main():
    config = model()
    config["_case"] = {"name": os.path.basename(CASE), "group": "lpips", "python": sys.version.split()[0]}
    shape, first, seed = draw(config)
    noise = detgen("noise", math.prod(shape), 0.5, 0.0, seed)
    print("seed", seed, "nearest to a kink", nearest)
    second = [single(min(1.0, max(-1.0, a + b))) for a, b in zip(first, noise)]
    inputs = {"in0": (shape, first), "in1": (shape, second)}
    for name in ("in0", "in1"):
        inputs[f"{name}_unit"] = (shape, [single((v + 1) / 2) for v in inputs[name][1]])
    outputs = compute(config, inputs)
    os.makedirs(CASE, exist_ok=True)
    write(os.path.join(CASE, "inputs.safetensors"), inputs)
    write(os.path.join(CASE, "outputs.safetensors"), outputs)
    tolerances = {name: {"absmax": largest(values), "atol": 1e-5 * largest(values) or 1e-9} for name, (_, values) in outputs.items()}
    for name, content in (("config.json", config), ("tolerance.json", tolerances)):
        with open(os.path.join(CASE, name), "w") as file:
            json.dump(content, file, separators=(",", ":"))


if __name__ == "__main__":
    check() if sys.argv[1:] == ["check"] else main()
