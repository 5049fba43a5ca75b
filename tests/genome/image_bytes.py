"""Image files byte by byte, of kinds that no library at hand writes."""

import struct
import zlib

import numpy as np

GREY, RGB, GREY_ALPHA, RGBA = 0, 2, 4, 6


def png(pixels: np.ndarray, kind: int, *, key: tuple[int, ...] = (), bits: int = 16) -> bytes:
    """A PNG of `(height, width, channels)` pixels; `key` is the value that is transparent."""
    height, width = pixels.shape[:2]
    rows = pixels.astype(">u2" if bits == 16 else "u1").reshape(height, -1)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0))]
    if key:
        chunks.append((b"tRNS", struct.pack(f">{len(key)}H", *key)))
    chunks.append((b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))))
    chunks.append((b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def tiff(
    pixels: np.ndarray,
    *,
    order: str = "<",
    deflate: bool = False,
    planar: bool = False,
    white_is_0: bool = False,
    bits: int = 0,
    orientation: int = 1,
) -> bytes:
    """A TIFF of `(height, width)` or `(height, width, channels)` pixels of any NumPy type."""
    height, width = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    typed = pixels.astype(pixels.dtype.newbyteorder(order))
    planes = [typed[..., c] for c in range(channels)] if planar else [typed]
    parts = [zlib.compress(p.tobytes()) if deflate else p.tobytes() for p in planes]
    parts = [part + b"\0" * (len(part) % 2) for part in parts]
    size = bits or 8 * pixels.dtype.itemsize
    kind = {"u": 1, "i": 2, "f": 3}[pixels.dtype.kind]
    starts = [8 + sum(map(len, parts[:place])) for place in range(len(parts))]
    fields = {
        256: ("I", [width]),
        257: ("I", [height]),
        258: ("H", [size] * channels),
        259: ("H", [8 if deflate else 1]),
        262: ("H", [2 if channels > 2 else 0 if white_is_0 else 1]),
        273: ("I", starts),
        274: ("H", [orientation]),
        277: ("H", [channels]),
        278: ("I", [height]),
        279: ("I", [len(part) for part in parts]),
        284: ("H", [2 if planar else 1]),
        339: ("H", [kind] * channels),
    }
    if channels == 4:
        fields[338] = ("H", [2])
    body, entries = b"".join(parts), b""
    for tag, (code, values) in sorted(fields.items()):
        packed = struct.pack(f"{order}{len(values)}{code}", *values)
        if len(packed) > 4:
            body += packed + b"\0" * (len(packed) % 2)
            packed = struct.pack(f"{order}I", 8 + len(body) - len(packed) - len(packed) % 2)
        entries += struct.pack(f"{order}HHI", tag, {"H": 3, "I": 4}[code], len(values))
        entries += packed.ljust(4, b"\0")
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8 + len(body))
    return head + body + struct.pack(f"{order}H", len(fields)) + entries + b"\0" * 4
