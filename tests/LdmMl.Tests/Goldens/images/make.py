"""Makes the images of this folder, expected.tsv and geometry.tsv.  Usage: python3 make.py

Written with Pillow 9.4.0 (Debian 12) and Python 3.11. good/ must decode to the pixels in expected.tsv: file, width, height,
tolerance (0 for lossless formats; lossy ones leave the decoder a rounding), and base64 of the zlib-compressed RGBA bytes, rows
upright. The pixels are Pillow's, or known because the file was made from them. bad/ must be refused.
geometry.tsv: file, fit, filter, width, height, and 16 hex digits of the SHA-256 of the RGBA bytes that Pillow's
crop, resize and paste give (background 250, 120, 7).
"""
import base64
import hashlib
import io
import os
import struct
import zlib

from PIL import Image, ImageCms, ImageOps

WIDTH, HEIGHT = 16, 12
EXPECTED = []


def color(x, y):
    # Smooth, so that lossy formats keep it, and without any symmetry, so that each orientation shows.
    return (20 + 14 * x, 30 + 17 * y, 200 - 8 * x - 3 * y)


def alpha(x, y):
    return min(255, 16 * x + 5 * y)


def rgb():
    image = Image.new("RGB", (WIDTH, HEIGHT))
    image.putdata([color(x, y) for y in range(HEIGHT) for x in range(WIDTH)])
    return image


def rgba():
    image = rgb().convert("RGBA")
    image.putalpha(alpha_plane())
    return image


def alpha_plane():
    image = Image.new("L", (WIDTH, HEIGHT))
    image.putdata([alpha(x, y) for y in range(HEIGHT) for x in range(WIDTH)])
    return image


def expect(name, pixels, size=(WIDTH, HEIGHT), tolerance=0):
    packed = base64.b64encode(zlib.compress(bytes(pixels), 9)).decode()
    EXPECTED.append("\t".join([name, str(size[0]), str(size[1]), str(tolerance), packed]))


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


def encode(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def good(name, data, tolerance=0, expected=None):
    write("good/" + name, data)
    upright = expected or ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGBA")
    expect(name, upright.tobytes(), upright.size, tolerance)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(depth, color_type, rows, extra=b"", size=(WIDTH, HEIGHT)):
    header = struct.pack(">IIBBBBB", size[0], size[1], depth, color_type, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def insert_chunk(data, new):
    return data[:33] + new + data[33:]   # after IHDR


def deep(values):
    # The low byte differs from the high one and lies on both sides of a half.
    return b"".join(struct.pack(">BB", value, (value * 7 + 91) % 256) for value in values)


def orientations():
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        options = {"quality": 95, "subsampling": 0, "exif": exif}
        good("orientation_%d.jpg" % orientation, encode(rgb(), "JPEG", **options), 3)
    exif = Image.Exif()
    exif[0x0112] = 6
    good("orientation_6.png", encode(rgb(), "PNG", exif=exif))
    good("orientation_6.webp", encode(rgb(), "WEBP", lossless=True, exif=exif))


def pngs():
    good("rgb.png", encode(rgb(), "PNG"))
    good("rgba.png", encode(rgba(), "PNG"))
    good("wrong_extension.jpg", encode(rgb(), "PNG"))
    grey = rgb().convert("L")
    good("grey.png", encode(grey, "PNG"))
    grey_alpha = Image.merge("LA", (grey, alpha_plane()))
    good("grey_alpha.png", encode(grey_alpha, "PNG"))
    good("bilevel.png", encode(grey.point(lambda value: 255 * (value > 128), "1"), "PNG"))
    palette = rgb().quantize(15)
    good("palette.png", encode(palette, "PNG"))
    good("palette_transparent.png", encode(palette, "PNG", transparency=bytes(17 * i for i in range(15))))
    good("color_key.png", encode(rgb(), "PNG", transparency=color(3, 4)))
    rows = [[color(x, y) for x in range(WIDTH)] for y in range(HEIGHT)]
    good("rgb16.png", png(16, 2, [deep(v for pixel in row for v in pixel) for row in rows]), expected=rgb().convert("RGBA"))
    values = [[pixel + (alpha(x, y),) for x, pixel in enumerate(row)] for y, row in enumerate(rows)]
    good("rgba16.png", png(16, 6, [deep(v for pixel in row for v in pixel) for row in values]), expected=rgba())
    good("grey16.png", png(16, 0, [deep(grey.getpixel((x, y)) for x in range(WIDTH)) for y in range(HEIGHT)]), expected=grey.convert("RGBA"))
    good("gamma.png", insert_chunk(encode(rgb(), "PNG"), chunk(b"gAMA", struct.pack(">I", 100000))))
    good("profile.png", encode(rgb(), "PNG", icc_profile=swapped_profile()))


def swapped_profile():
    # sRGB with red and blue exchanged: whoever applies it sees other colours.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")


def others():
    good("grey.jpg", encode(rgb().convert("L"), "JPEG", quality=95), 1)
    good("progressive.jpg", encode(rgb(), "JPEG", quality=95, subsampling=0, progressive=True), 3)
    good("lossy.webp", encode(rgb(), "WEBP", quality=90), 3)
    good("lossless.webp", encode(rgb(), "WEBP", lossless=True))
    good("lossless_alpha.webp", encode(rgba(), "WEBP", lossless=True, exact=True))
    good("bitmap.bmp", encode(rgb(), "BMP"))
    good("first_of_two.gif", encode(rgb().quantize(31), "GIF", save_all=True, append_images=[rgb().rotate(180).quantize(31)]))
    cmyk = Image.merge("CMYK", (*rgb().split(), Image.new("L", (WIDTH, HEIGHT), 40)))
    adobe = encode(cmyk, "JPEG", quality=95, subsampling=0)
    good("cmyk_adobe.jpg", adobe, 4)
    marker = adobe.index(b"\xff\xee\x00\x0eAdobe")
    write("bad/cmyk_unmarked.jpg", adobe[:marker] + adobe[marker + 16:])


def noise():
    # Does not compress, so that a cut or a flipped bit hits pixels.
    return Image.frombytes("RGB", (WIDTH, HEIGHT), bytes((i * i * 7 + i * 31 >> 2) % 251 for i in range(WIDTH * HEIGHT * 3)))


def bad():
    jpeg = encode(rgb(), "JPEG", quality=95)
    whole = encode(noise(), "PNG")
    write("bad/truncated.jpg", jpeg[:-60])
    write("bad/truncated.png", whole[:-60])
    write("bad/truncated.webp", encode(noise(), "WEBP", quality=90)[:-40])
    write("bad/truncated.gif", encode(rgb().quantize(31), "GIF")[:-60])
    write("bad/truncated.bmp", encode(rgb(), "BMP")[:-60])
    write("bad/header_cut.png", whole[:20])
    middle = whole.index(b"IDAT") + 40
    write("bad/flipped_bit.png", whole[:middle] + bytes([whole[middle] ^ 16]) + whole[middle + 1:])
    write("bad/empty.png", b"")
    write("bad/text.png", b"This is a text and not an image.\n")
    write("bad/tiff.tif", encode(rgb(), "TIFF", compression="tiff_deflate"))
    write("bad/huge.png", png(8, 2, [b"\0" * 48] * 4, size=(60000, 50000)))


def half_up(value):
    return max(1, int(value + 0.5))


def fitted(image, fit, resample, size):
    (width, height), (w, h) = image.size, size
    if fit == "Stretch":
        return image.resize(size, resample)
    if fit == "CenterCrop":
        left, top = (width - w) // 2, (height - h) // 2
        return image.crop((left, top, left + w, top + h))
    if fit == "CropToFill":
        box_w, box_h = (half_up(height * w / h), height) if width * h > height * w else (width, half_up(width * h / w))
        left, top = (width - box_w) // 2, (height - box_h) // 2
        return image.crop((left, top, left + box_w, top + box_h)).resize(size, resample)
    new = (w, half_up(w * height / width)) if width * h > height * w else (half_up(h * width / height), h)
    small = image.resize(new, resample)
    result = Image.new("RGB", size, (250, 120, 7))
    result.paste(small.convert("RGB"), ((w - new[0]) // 2, (h - new[1]) // 2), small.getchannel("A"))
    return result


def geometry():
    lines = []
    for file in ("rgb.png", "rgba.png"):
        image = Image.open("good/" + file).convert("RGBA")
        for fit, sizes in {
            "Stretch": [(7, 9), (16, 12), (31, 5)],
            "CropToFill": [(8, 8), (10, 3), (5, 11), (16, 12), (24, 18), (1, 1)],
            "PadToFit": [(20, 20), (9, 9), (5, 12), (30, 4), (16, 12)],
            "CenterCrop": [(8, 6), (9, 5), (16, 12), (16, 3), (1, 1)],
        }.items():
            for size in sizes:
                for name in ("Nearest", "Bicubic", "Lanczos"):
                    pixels = fitted(image, fit, Image.Resampling[name.upper()], size).convert("RGBA").tobytes()
                    digest = hashlib.sha256(pixels).hexdigest()[:16]
                    lines.append("\t".join([file, fit, name, str(size[0]), str(size[1]), digest]))
    write("geometry.tsv", ("\n".join(lines) + "\n").encode())


os.makedirs("good", exist_ok=True)
os.makedirs("bad", exist_ok=True)
orientations()
pngs()
others()
bad()
geometry()
write("expected.tsv", ("\n".join(EXPECTED) + "\n").encode())
