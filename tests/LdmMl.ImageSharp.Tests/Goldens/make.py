"""Writes the image files beside it and expected.tsv: name, width, height, largest difference allowed, upright RGBA pixels (zlib, base64).

Made with Pillow 9.4.0. Of 16-bit greys the high byte is expected. Files that are to be refused have no pixels in the table.
"""
import base64
import os
import zlib

from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

W, H = 16, 12
here = os.path.dirname(os.path.abspath(__file__))
table = []


def rgba(x, y):
    return ((x * 16 + y) % 256, (y * 20 + 3 * x) % 256, (255 - x * 9 - y * 7) % 256, 255 if x < 8 else (x * 13 + y * 5) % 256)


full = Image.new("RGBA", (W, H))
full.putdata([rgba(x, y) for y in range(H) for x in range(W)])
color = Image.merge("RGB", full.split()[:3])
smooth = Image.new("RGB", (W, H))
smooth.putdata([(x * 8 + 60, y * 10 + 60, 120) for y in range(H) for x in range(W)])
grey = color.convert("L")
grey_alpha = Image.merge("LA", (grey, full.split()[3]))
palette = color.quantize(32)
bilevel = color.convert("1")
grey16 = Image.new("I;16", (W, H))
grey16.putdata([(x * 4000 + y * 300 + 17) % 65536 for y in range(H) for x in range(W)])


METHODS = [None, None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.TRANSPOSE,
           Image.Transpose.ROTATE_270, Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_90]


def pixels(image, orientation=1):
    if image.mode in ("I;16", "I;16B", "I"):
        image = Image.frombytes("L", image.size, bytes(min(v, 65535) >> 8 for v in image.getdata()))
    upright = image.transpose(METHODS[orientation]) if orientation > 1 else image
    return upright.convert("RGBA")


def expect(name, image, tolerance=0):
    packed = base64.b64encode(zlib.compress(image.tobytes(), 9)).decode()
    table.append(f"{name}\t{image.width}\t{image.height}\t{tolerance}\t{packed}")


def save(name, image, tolerance=0, orientation=1, **options):
    path = os.path.join(here, name)
    image.save(path, **options)
    with Image.open(path) as back:
        back.load()
        expect(name, pixels(back, orientation), tolerance)


def raw(name, content, image=None):
    with open(os.path.join(here, name), "wb") as file:
        file.write(content)
    if image is not None:
        expect(name, pixels(image))


def tag(number, value):
    directory = ImageFileDirectory_v2()
    directory[number] = value
    return directory


for kind, image in (("rgb", color), ("rgba", full), ("grey", grey), ("palette", palette), ("bilevel", bilevel), ("grey16", grey16), ("grey_alpha", grey_alpha)):
    for compression in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        if compression and kind not in ("rgb", "grey", "bilevel"):
            continue
        save(f"{kind}{'_' + compression.replace('tiff_', '') if compression else ''}.tif", image, compression=compression)
save("jpeg.tif", smooth, 12, compression="jpeg", quality=95)
save("predictor.tif", color, compression="tiff_lzw", tiffinfo=tag(317, 2))
save("two_frames.tif", color, save_all=True, append_images=[smooth])
for orientation in range(1, 9):
    save(f"orientation_{orientation}.tif", color, tiffinfo=tag(274, orientation))    # turned by load()
save("xmp.tif", color, orientation=6, tiffinfo=tag(700, b'<x tiff:Orientation="6"/>'))
save("profile.tif", color, icc_profile=b"not a profile at all")
for kind, image in (("cmyk", color.convert("CMYK")), ("group3", bilevel), ("group4", bilevel), ("float", color.convert("F")), ("int32", grey.convert("I"))):
    options = {"compression": kind} if kind.startswith("group") else {}
    image.save(os.path.join(here, f"bad_{kind}.tif"), **options)

for kind, image in (("rgb", color), ("rgba", full), ("grey", grey), ("palette", palette), ("grey_alpha", grey_alpha)):
    save(f"{kind}.tga", image)
    save(f"{kind}_rle.tga", image, compression="tga_rle")
color.save(os.path.join(here, "rgb_top_down.tga"), orientation=1)
expect("rgb_top_down.tga", pixels(color))

for name, image in (("rgb.ppm", color), ("grey.pgm", grey), ("bilevel.pbm", bilevel)):
    save(name, image)
save("grey16.pgm", grey16.convert("I"))
rows = [list(color.crop((0, y, W, y + 1)).getdata()) for y in range(H)]
raw("plain.ppm", ("P3\n# a comment\n%d %d\n255\n" % (W, H) + "\n".join(" ".join("%d %d %d" % p for p in row) for row in rows) + "\n").encode(), color)
raw("plain.pgm", ("P2 %d %d 255\n" % (W, H) + " ".join(str(v) for v in grey.getdata()) + "\n").encode(), grey)
raw("plain.pbm", ("P1\n%d %d\n" % (W, H) + "\n".join("".join("0" if v else "1" for v in bilevel.crop((0, y, W, y + 1)).getdata()) for y in range(H)) + "\n").encode(), bilevel)

with open(os.path.join(here, "expected.tsv"), "w") as file:
    file.write("\n".join(table) + "\n")
