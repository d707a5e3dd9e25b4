# The peers of the metrics: scikit-image, and what pytorch-fid computes with numpy and scipy. Answers the questions of Measuring/Worker.cs.
import sys
import time

import numpy as np


def images(side=1024):
    # The same integers as Workloads/QualityImages.cs.
    y, x, c = np.meshgrid(np.arange(side), np.arange(side), np.arange(3), indexing="ij")
    reference = (3 * x + 5 * y + 40 * c + ((x * x + 7 * y * y + 13 * c) >> 6)) & 255
    candidate = np.clip(reference + (31 * x + 17 * y + 7 * c) % 41 - 20, 0, 255)
    return reference.astype(np.uint8), candidate.astype(np.uint8)


class Ssim:
    def __init__(self, **settings):
        self.reference, self.candidate = images()
        self.settings = settings
        self.value = None

    def run(self):
        from skimage.metrics import structural_similarity
        self.value = structural_similarity(self.reference, self.candidate, channel_axis=2, **self.settings)


class MsSsim:
    """Composed of the calls that structural_similarity makes, for want of a function."""

    def __init__(self):
        self.reference, self.candidate = images()
        self.value = None

    def run(self):
        sums = np.zeros(5)
        for channel in range(3):
            x = self.reference[..., channel].astype(np.float64)
            y = self.candidate[..., channel].astype(np.float64)
            for scale in range(5):
                sums[scale] += self.scale(x, y, whole=scale == 4)
                x, y = self.halve(x), self.halve(y)
        self.value = np.prod(np.maximum(sums / 3, 0) ** np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333]))

    @staticmethod
    def scale(x, y, whole):
        from skimage.filters import gaussian

        def blur(image):
            return gaussian(image, sigma=1.5, truncate=3.5, mode="reflect", preserve_range=True)

        ux, uy = blur(x), blur(y)
        variances = blur(x * x) - ux * ux + blur(y * y) - uy * uy
        covariance = blur(x * y) - ux * uy
        c1, c2 = 2.55 ** 2, 7.65 ** 2
        values = (2 * covariance + c2) / (variances + c2)
        if whole:
            values *= (2 * ux * uy + c1) / (ux * ux + uy * uy + c1)
        return values[5:-5, 5:-5].mean()

    @staticmethod
    def halve(image):
        return (image[::2, ::2] + image[1::2, ::2] + image[::2, 1::2] + image[1::2, 1::2]) / 4


class Frechet:
    """pytorch-fid's way: numpy's covariance in double precision and scipy's general square root of the product."""

    def __init__(self, count=50_000, dimensions=2_048):
        random = np.random.default_rng(1)
        self.features = random.standard_normal((count, dimensions), dtype=np.float32)
        self.features *= np.linspace(0.5, 1.5, dimensions, dtype=np.float32)
        self.mean, self.covariance = np.full(dimensions, 0.1), np.diag(np.linspace(1, 2, dimensions))
        self.value = None

    def run(self):
        from scipy import linalg
        mean, covariance = np.mean(self.features, axis=0, dtype=np.float64), np.cov(self.features, rowvar=False)
        difference = mean - self.mean
        root, _ = linalg.sqrtm(covariance.dot(self.covariance), disp=False)
        self.value = difference.dot(difference) + np.trace(covariance) + np.trace(self.covariance) - 2 * np.trace(root.real)


WORKLOADS = {
    "ssim": Ssim,
    "ssim-wang": lambda: Ssim(gaussian_weights=True, sigma=1.5, use_sample_covariance=False),
    "ms-ssim": MsSsim,
    "frechet": Frechet,
}


def timed(workload, runs):
    start = time.perf_counter()
    for _ in range(runs):
        workload.run()
    return (time.perf_counter() - start) * 1000 / runs


def peak():
    with open("/proc/self/status") as status:
        kilobytes = next(line.split()[1] for line in status if line.startswith("VmHWM:"))
    return f"{int(kilobytes) * 1024 / 1e6:.0f}"


if __name__ == "__main__":
    workload = WORKLOADS[sys.argv[1]]()
    answers = {
        "warm": lambda: timed(workload, 1),
        "run": lambda: timed(workload, 1),
        "peak": peak,
        "remark": lambda: f"{workload.value:.6f}",
    }
    for line in sys.stdin:
        print(answers[line.strip()](), flush=True)
