"""Draws a photo-like picture of 12 megapixels: clouds of several sizes, finer in light than in
colour, shapes with edges, grain. The same bytes every time. draw.py OUT.jpg"""
import random
import sys

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = (4032, 3024)


def clouds(rng, cells):
    w, h = cells, max(1, cells * SIZE[1] // SIZE[0])
    return Image.frombytes("L", (w, h), rng.randbytes(w * h)).resize(SIZE, Image.BICUBIC)


def channel(rng, octaves):
    """Clouds of all sizes, the finer the fainter."""
    plane = clouds(rng, 3)
    for i in range(1, octaves):
        plane = Image.blend(plane, clouds(rng, 3 << i), 0.5 / (1 + i * 0.35))
    return plane


def shapes(rng, picture):
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y, r = rng.randrange(SIZE[0]), rng.randrange(SIZE[1]), rng.randrange(20, 300)
        colour = tuple(rng.randrange(256) for _ in range(3))
        kind = rng.choice([draw.ellipse, draw.rectangle, draw.line])
        kind([x - r, y - r // 2, x + r, y + r // 2], fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(1.2))


def main(out):
    rng = random.Random(12)
    picture = shapes(rng, Image.merge("YCbCr", [channel(rng, n) for n in (9, 5, 5)]).convert("RGB"))
    grain = Image.frombytes("L", SIZE, bytes(x & 15 for x in rng.randbytes(SIZE[0] * SIZE[1])))
    grain = grain.filter(ImageFilter.BoxBlur(1))
    picture = ImageChops.add(picture, Image.merge("RGB", [grain] * 3), offset=-8)
    picture.save(out, quality=92)


main(sys.argv[1])
