"""Made-up files for tests: the smallest whole ones of each type."""

import struct
import zlib

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(wide: int = 2, high: int = 2) -> bytes:
    """A PNG that says it is so large, whatever it holds."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0))
    rows = zlib.compress(b"\0\0\0" * 2)
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def jpeg(wide: int = 2, high: int = 2) -> bytes:
    """A JPEG up to its frame header, with an application part before it."""
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, high, wide, 3) + bytes(9)
    return b"\xff\xd8" + app + frame + b"\xff\xda" + struct.pack(">H", 12) + bytes(20) + b"\xff\xd9"


def webp(wide: int = 2, high: int = 2) -> bytes:
    """A WebP with an extended header."""
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + bytes(4)
    body += (wide - 1).to_bytes(3, "little") + (high - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body)) + body


def picture(wide: int = 200, high: int = 120, form: str = "JPEG", colour: str = "teal") -> bytes:
    """A whole picture of one colour with a place and a camera written into it."""
    import io

    from PIL import Image

    held = io.BytesIO()
    about = Image.Exif()
    about[0x010F] = "Camera of somebody"
    about[0x8825] = {1: "N", 2: (59.0, 54.0, 0.0)}
    Image.new("RGB", (wide, high), colour).save(held, form, exif=about)
    return held.getvalue()


def zip_bomb() -> bytes:
    """An archive of ten million zeros in ten thousand bytes."""
    import io
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10_000_000))
    return held.getvalue()
