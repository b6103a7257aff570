"""One upload with Pillow: one decode, three WebP files of the same sizes, quality and method, each
written beside, synced and renamed as souk does. peer_pillow.py FILE OUT; says one line of JSON."""
import json
import os
import resource
import sys
import time
from io import BytesIO

from PIL import Image, ImageCms, ImageOps

Image.MAX_IMAGE_PIXELS = 64_000_000


def keep(path, data):
    with open(path + ".new", "wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    os.rename(path + ".new", path)


def save(image, path, profile):
    out = BytesIO()
    image.save(out, "WEBP", quality=85, method=4, icc_profile=profile)
    keep(path, out.getvalue())
    return {"path": path, "bytes": out.tell(), "width": image.width, "height": image.height}


def from_cmyk(image, profile):
    if not profile:
        return image.convert("RGB")
    return ImageCms.profileToProfile(image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")


def convert(source, out):
    """The small ones first, so that they are ready early; all upright, the colour profile kept."""
    image = Image.open(source)
    profile = image.info.get("icc_profile")
    if image.mode == "CMYK":
        image, profile = from_cmyk(image, profile), None
    alpha = "A" in image.getbands() or "transparency" in image.info
    if image.mode.startswith("I"):
        image = image.point(lambda v: v * (1 / 257) + 0.5).convert("L")
    image = ImageOps.exif_transpose(image.convert("RGBA" if alpha else "RGB"))
    medium = image.copy() if max(image.size) <= 800 else ImageOps.contain(image, (800, 800), Image.LANCZOS)
    thumb = medium.copy()
    thumb.thumbnail((200, 200), Image.LANCZOS)
    files = {"800": save(medium, f"{out}/800.webp", profile), "200": save(thumb, f"{out}/200.webp", profile)}
    ready = time.monotonic()
    files["original"] = save(image, f"{out}/original.webp", profile)
    return files, ready


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_kib():
    """Not ru_maxrss, which begins with what the parent had."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def main(source, out):
    os.makedirs(out, exist_ok=True)
    warm = BytesIO()
    Image.new("RGB", (16, 16)).save(warm, "JPEG")
    convert(warm, out)  # loads the plugins; not measured
    wall, used = time.monotonic(), cpu()
    answer = {"status": "ok"}
    try:
        answer["files"], ready = convert(source, out)
        answer["small_ms"] = (ready - wall) * 1000
    except Exception as e:
        answer["status"] = type(e).__name__
    answer["wall_ms"] = (time.monotonic() - wall) * 1000
    answer["cpu_ms"] = (cpu() - used) * 1000
    answer["peak_kib"] = peak_kib()
    print(json.dumps(answer))


main(*sys.argv[1:])
