# Makes trunk.zip.pth and trunk.legacy.pth: one VGG-style network, with a classifier as torchvision's files have it,
# in both containers of torch.save; and its activations' distance computed by PyTorch in float64.
# PyTorch 1.13.1: python3 make.py
import json
import torch
from torch import nn

torch.manual_seed(5)
plan = [4, "M", 6, "M", 8]
layers, channels = [], 3
for step in plan:
    if step == "M":
        layers.append(nn.MaxPool2d(2, 2))
    else:
        layers += [nn.Conv2d(channels, step, 3, padding=1), nn.ReLU()]
        channels = step
net = nn.Sequential()
net.features = nn.Sequential(*layers)
net.classifier = nn.Sequential(nn.Linear(8, 5), nn.ReLU(), nn.Dropout(), nn.Linear(5, 3))
torch.save(net.state_dict(), "trunk.zip.pth")
torch.save(net.state_dict(), "trunk.legacy.pth", _use_new_zipfile_serialization=False)

net = net.double()
h = w = 16
grid = torch.arange(3 * h * w, dtype=torch.float64).reshape(1, 3, h, w)
a, b = torch.sin(grid), torch.cos(grid * 0.5)
shift = torch.tensor([-0.030, -0.088, -0.188], dtype=torch.float64).view(1, 3, 1, 1)
scale = torch.tensor([0.458, 0.448, 0.450], dtype=torch.float64).view(1, 3, 1, 1)
x, y, total = (a - shift) / scale, (b - shift) / scale, 0.0
for i, layer in enumerate(net.features):
    x, y = layer(x), layer(y)
    last = i + 1 == len(net.features) or isinstance(net.features[i + 1], nn.MaxPool2d)
    if isinstance(layer, nn.ReLU) and last:
        unit = lambda v: v / (v.square().sum(1, keepdim=True).sqrt() + 1e-10)
        total += float((unit(x) - unit(y)).square().sum(1).mean())
json.dump({"distance": total}, open("distance.json", "w"))
