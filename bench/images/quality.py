"""How near to the picture are the variants? quality.py RESULTS.json OUT FOLDER says, for each size, by
how much souk's mean SSIM (luma, chroma) differs from Pillow's. The reference is the upload itself,
upright, in sRGB, scaled by floating-point Lanczos."""
import json
import sys
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms, ImageOps

Image.MAX_IMAGE_PIXELS = 64_000_000
SRGB = ImageCms.createProfile("sRGB")
KERNEL = np.exp(-np.arange(-5, 6) ** 2 / (2 * 1.5**2)).astype(np.float32)
KERNEL /= KERNEL.sum()
STRIP = 512


def in_srgb(image):
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        return ImageCms.profileToProfile(image, BytesIO(profile), SRGB, outputMode="RGB")
    return image.convert("RGB")


def planes(image):
    """Luma and the two chroma planes, in floating point. Sixteen bits of grey keep what they have."""
    if image.mode.startswith("I"):
        luma = np.asarray(image, np.float32) / 257
        return luma, np.full_like(luma, 128), np.full_like(luma, 128)
    red, green, blue = (np.asarray(c, np.float32) for c in image.split())
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return luma, 128 + (blue - luma) * 0.564, 128 + (red - luma) * 0.713


def scaled(plane, size):
    if plane.shape == (size[1], size[0]):
        return plane
    return np.asarray(Image.fromarray(plane, "F").resize(size, Image.LANCZOS), np.float32)


def blurred(a):
    n = len(KERNEL)
    a = sum(k * a[i : a.shape[0] - n + 1 + i] for i, k in enumerate(KERNEL))
    return sum(k * a[:, i : a.shape[1] - n + 1 + i] for i, k in enumerate(KERNEL))


def ssim(a, b):
    total = count = 0
    for top in range(0, a.shape[0] - 10, STRIP):
        x, y = a[top : top + STRIP + 10], b[top : top + STRIP + 10]
        mx, my = blurred(x), blurred(y)
        vx, vy, vxy = blurred(x * x) - mx * mx, blurred(y * y) - my * my, blurred(x * y) - mx * my
        s = (2 * mx * my + 6.5025) * (2 * vxy + 58.5225) / ((mx * mx + my * my + 6.5025) * (vx + vy + 58.5225))
        total, count = total + float(s.sum()), count + s.size
    return total / count


def compare(source, variants):
    """SSIM of luma and chroma of each variant."""
    reference = ImageOps.exif_transpose(Image.open(source))
    reference = planes(reference if reference.mode.startswith("I") else in_srgb(reference))
    for path in variants:
        given = in_srgb(Image.open(path))
        pairs = [ssim(scaled(r, given.size), g) for r, g in zip(reference, planes(given))]
        yield pairs[0], (pairs[1] + pairs[2]) / 2


def opaque(source):
    """Transparent ones show what lies beneath, which is no matter of quality."""
    image = Image.open(source)
    return "A" not in image.getbands() and "transparency" not in image.info and min(image.size) > 60


def main(results, out, folder):
    sizes = ["original", "800", "200"]
    sums = {s: [] for s in sizes}
    for name, tools in json.load(open(results)).items():
        source = f"{folder}/{name}"
        if not opaque(source) or any(t["status"] != "ok" for t in tools.values()):
            continue
        ours = [f"{out}/souk/{name}/{tools['souk']['files'][s]['path']}" for s in sizes]
        theirs = [tools["Pillow"]["files"][s]["path"] for s in sizes]
        values = list(compare(source, ours + theirs))
        for i, s in enumerate(sizes):
            sums[s].append([values[i][c] - values[i + 3][c] for c in (0, 1)])
        print(name, *[f"{s}: {sums[s][-1][0]:+.4f} {sums[s][-1][1]:+.4f}" for s in sizes], file=sys.stderr)
    print(json.dumps({s: [sum(v[c] for v in sums[s]) / len(sums[s]) for c in (0, 1)] for s in sizes}))


main(*sys.argv[1:])
