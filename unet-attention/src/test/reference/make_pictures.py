"""Makes the golden pictures that no Java writer makes, with what Pillow decodes from each.

Run from the module's root: python src/test/reference/make_pictures.py
Every picture NAME.ext gets NAME.ext.rgb: width and height as big-endian 32-bit integers, then the RGB bytes
as Pillow decodes them (EXIF orientation applied, alpha over white, embedded profile converted to sRGB).
"""
import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps

OUT = pathlib.Path("src/test/resources/pictures")
WIDTH, HEIGHT = 24, 16


def scene(width=WIDTH, height=HEIGHT):
    """Smooth colours, so that chroma subsampling does not decide the comparison; corners differ."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    red = 30 + 200 * x / (width - 1)
    green = 220 - 180 * y / (height - 1)
    blue = 128 + 90 * np.sin(x / 7.0) * np.cos(y / 6.0)
    return np.clip(np.stack([red, green, blue], -1), 0, 255).astype(np.uint8)


def alpha():
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    return (255 * (x + y) / (WIDTH + HEIGHT - 2)).astype(np.uint8)


def flatten(picture):
    """RGB over white."""
    if picture.mode in ("LA", "RGBA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(white, picture)
    return picture.convert("RGB")


def decode(path):
    picture = ImageOps.exif_transpose(Image.open(path))
    if picture.mode in ("I;16", "I;16B", "I"):
        grey = np.asarray(picture).astype(np.int64)
        return Image.fromarray(np.repeat((grey / 257.0).round().astype(np.uint8)[..., None], 3, -1))
    profile = picture.info.get("icc_profile")
    if profile:
        mode = picture.mode if picture.mode in ("RGB", "L", "CMYK") else "RGB"
        return ImageCms.profileToProfile(
            picture.convert(mode), ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"), outputMode="RGB")
    return flatten(picture)


def golden(name, rgb=None):
    path = OUT / name
    picture = decode(path) if rgb is None else Image.fromarray(rgb)
    (OUT / (name + ".rgb")).write_bytes(struct.pack(">ii", *picture.size) + picture.tobytes())


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, rows):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    raw = b"".join(b"\0" + row for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(raw, 9))
            + png_chunk(b"IEND", b""))


def sixteen_bit_pngs():
    wide = scene().astype(np.uint32) * 257 + 0
    (OUT / "rgb16.png").write_bytes(png(WIDTH, HEIGHT, 16, 2, [r.astype(">u2").tobytes() for r in wide]))
    golden("rgb16.png", scene())
    with_alpha = np.concatenate([wide, alpha().astype(np.uint32)[..., None] * 257], -1)
    (OUT / "rgba16.png").write_bytes(
        png(WIDTH, HEIGHT, 16, 6, [r.astype(">u2").tobytes() for r in with_alpha]))
    over_white = flatten(Image.fromarray(np.concatenate([scene(), alpha()[..., None]], -1)))
    golden("rgba16.png", np.asarray(over_white))
    grey = np.linspace(0, 65535, WIDTH * HEIGHT).astype(np.uint16).reshape(HEIGHT, WIDTH)
    Image.fromarray(grey).save(OUT / "grey16.png")
    golden("grey16.png")
    Image.fromarray(grey).save(OUT / "grey16.tiff", compression="tiff_lzw")
    golden("grey16.tiff")


def photoshop():
    """A flat 8-bit RGB document: header, empty mode data, resources and layers, raw planes."""
    planes = np.moveaxis(scene(), -1, 0).tobytes()
    (OUT / "flat.psd").write_bytes(
        b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, HEIGHT, WIDTH, 8, 3) + struct.pack(">III", 0, 0, 0)
        + struct.pack(">H", 0) + planes)
    golden("flat.psd")


def tiff16():
    """Uncompressed 16-bit RGB TIFF, little-endian; Pillow reads none, so the scene itself is the golden."""
    data = (scene().astype(np.uint32) * 257).astype("<u2").tobytes()
    bits = struct.pack("<HHH", 16, 16, 16)
    tags = [(256, 4, 1, WIDTH), (257, 4, 1, HEIGHT), (258, 3, 3, 8), (259, 3, 1, 1), (262, 3, 1, 2),
            (273, 4, 1, 14), (277, 3, 1, 3), (278, 4, 1, HEIGHT), (279, 4, 1, len(data)), (284, 3, 1, 1)]
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    (OUT / "rgb16.tiff").write_bytes(
        b"II*\0" + struct.pack("<I", 14 + len(data)) + bits + data + directory + struct.pack("<I", 0))
    golden("rgb16.tiff", scene())


def wide_gamut():
    """A made-up matrix profile: sRGB's curve replaced by gamma 2.2 and the red and green primaries swapped
    in strength, so that skipping the conversion shows at once."""
    srgb = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", srgb[128:132])[0]
    tags = {bytes(srgb[132 + 12 * i:136 + 12 * i]): struct.unpack(">II", srgb[136 + 12 * i:144 + 12 * i])
            for i in range(count)}
    for tag, xyz in ((b"rXYZ", (0.60974, 0.31111, 0.01947)), (b"gXYZ", (0.20528, 0.62567, 0.06087)),
                     (b"bXYZ", (0.14919, 0.06322, 0.74457))):
        offset, _ = tags[tag]
        srgb[offset + 8:offset + 20] = struct.pack(">iii", *(round(v * 65536) for v in xyz))
    return bytes(srgb)


def photograph(width=96, height=64):
    """What a camera sees: sky over a hill, edges as soft as a lens makes them, a saturated patch, grain."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    chance = np.random.default_rng(20261130)
    hill = 1 / (1 + np.exp(-(y - 40 - 6 * np.sin(x / 15.0)) / 4.0))
    sky = np.stack([90 + y, 149 + y / 2, 220 - y / 4], -1)
    ground = np.stack([70 + 30 * np.sin(x / 9.0), 95 + 20 * np.cos(y / 8.0), 40 + x / 4], -1)
    patch = np.exp(-((x - 66) ** 2 + (y - 20) ** 2) / 300.0)[..., None]
    mixed = (sky * (1 - hill[..., None]) + ground * hill[..., None]) * (1 - patch) + np.array([225, 40, 60]) * patch
    return np.clip(mixed + chance.normal(0, 4, mixed.shape), 0, 255).round().astype(np.uint8)


def photographs():
    """Lossy formats at several qualities and methods: what a decoder gets wrong does not show in smooth scenes."""
    seen = Image.fromarray(photograph())
    plain = Image.new("RGB", (96, 64), (90, 149, 220))
    plain.save(OUT / "sky-30.webp", quality=30)
    golden("sky-30.webp")
    veil = np.broadcast_to(np.linspace(0, 255, 96).astype(np.uint8), (64, 96))
    veiled = Image.fromarray(np.concatenate([photograph(), veil[..., None]], -1))
    veiled.save(OUT / "photograph-alpha.webp", quality=75, exact=True)
    golden("photograph-alpha.webp")
    for quality in (30, 50, 75, 95):
        for method in (0, 4, 6):
            name = f"photograph-{quality}-{method}.webp"
            seen.save(OUT / name, quality=quality, method=method)
            golden(name)
        for subsampling in (0, 1, 2):
            name = f"photograph-{quality}-{subsampling}.jpg"
            seen.save(OUT / name, quality=quality, subsampling=subsampling)
            golden(name)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(scene())
    transparent = Image.fromarray(np.concatenate([scene(), alpha()[..., None]], -1))
    saves = {
        "lossy.webp": (picture, dict(quality=90)),
        "lossless.webp": (picture, dict(lossless=True)),
        "alpha.webp": (transparent, dict(lossless=True, exact=True)),
        "lossy-alpha.webp": (transparent, dict(quality=90, exact=True)),
        "cmyk.jpg": (picture.convert("CMYK"), dict(quality=95)),
        "progressive.jpg": (picture, dict(quality=92, progressive=True, subsampling=0)),
        "subsampled.jpg": (picture, dict(quality=92, subsampling=2)),
        "grey.jpg": (picture.convert("L"), dict(quality=92)),
        "grey.png": (picture.convert("L"), {}),
        "grey-alpha.png": (transparent.convert("LA"), {}),
        "palette.png": (picture.quantize(32), {}),
        "palette-transparent.png": (picture.quantize(32), dict(transparency=3)),
        "bit.png": (picture.convert("1"), {}),
        "grey.tiff": (picture.convert("L"), {}),
        "cmyk.tiff": (picture.convert("CMYK"), dict(compression="tiff_lzw")),
        "alpha.tiff": (transparent, dict(compression="tiff_deflate")),
        "plain.ppm": (picture, {}),
        "grey.pgm": (picture.convert("L"), {}),
        "alpha.tga": (transparent, dict(compression="tga_rle")),
        "first.gif": (picture.quantize(64), dict(
            save_all=True, append_images=[Image.new("P", picture.size)])),
        "plain.bmp": (picture, {}),
        "wide.png": (picture, dict(icc_profile=wide_gamut())),
        "wide.jpg": (picture, dict(icc_profile=wide_gamut(), quality=95, subsampling=0)),
        "wide.webp": (picture, dict(icc_profile=wide_gamut(), lossless=True)),
        "wide.tiff": (picture, dict(icc_profile=wide_gamut())),
    }
    for name, (image, options) in saves.items():
        image.save(OUT / name, **options)
        if not name.startswith("lossy"):  # those are for damaging; photographs() has what is compared
            golden(name)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture.save(OUT / f"turned{orientation}.jpg", quality=92, subsampling=0, exif=exif)
        golden(f"turned{orientation}.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6
    for name, options in (("turned.png", {}), ("turned.webp", dict(lossless=True)), ("turned.tiff", {})):
        picture.save(OUT / name, exif=exif, **options)
        golden(name)
    photographs()
    sixteen_bit_pngs()
    photoshop()
    tiff16()
    key = Image.fromarray(scene())
    key.putpixel((5, 5), (1, 2, 3))
    key.save(OUT / "colour-key.png", transparency=(1, 2, 3))
    golden("colour-key.png")
    large = Image.fromarray(scene(90, 70))
    checks = np.asarray(large).copy()
    checks[::2, ::2] = 255
    checks[1::2, 1::2] = 0
    large = Image.fromarray(checks)
    large.resize((31, 24), Image.Resampling.LANCZOS).save(OUT / "lanczos.png")
    large.save(OUT / "checks.png")


if __name__ == "__main__":
    main()
