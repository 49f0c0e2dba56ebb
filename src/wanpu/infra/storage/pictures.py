"""Pictures are drawn anew: what is kept holds pixels alone, nothing else that the upload carried.

Position, camera, comments, appended scripts and broken parts are gone afterwards. A picture is measured by
its header before a single pixel is unpacked.
"""

import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms, ImageOps, ImageSequence

from wanpu.infra.storage.content import Kind
from wanpu.infra.storage.errors import PictureBroken, PictureTooLarge

MAX_PIXELS = 40_000_000
"""Pixels of one frame; a phone's largest pictures have fewer after its own saving."""
MAX_FRAMES = 300
MAX_ANIMATED_PIXELS = 100_000_000
"""Pixels of all frames of an animation together."""
MAX_SIDE = 65_000
THUMBNAIL_SIDE = 320

_FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP", Kind.GIF: "GIF"}
_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
_MAX_PROFILE_BYTES = 1024 * 1024
_BROKEN = (
    *(OSError, ValueError, SyntaxError, LookupError, TypeError, EOFError),
    *(MemoryError, RuntimeError, ArithmeticError, struct.error, zlib.error),
)
"""What decoders raise over bytes that somebody has spoilt."""

_SAVING: Mapping[Kind, dict[str, Any]] = {
    Kind.JPEG: {"quality": 88, "optimize": True, "progressive": True},
    Kind.PNG: {},
    Kind.WEBP: {"quality": 88, "method": 4},
    Kind.GIF: {},
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept; the thumbnail is WebP, 320 pixels at its longer side."""

    content: bytes
    width: int
    height: int
    thumbnail: bytes


def redraw(content: bytes, kind: Kind) -> Picture:
    """Draw a picture anew in its own format, upright, animations whole (an animated PNG: its first frame).

    Takes the processor for up to some seconds: call it in a thread.

    Raises:
        PictureTooLarge: by its header; nothing was unpacked.
        PictureBroken: it ends early or cannot be drawn.
    """
    try:
        with Image.open(io.BytesIO(content), formats=[_FORMATS[kind]]) as image:
            _require_size(image)
            frames = getattr(image, "n_frames", 1) if kind in (Kind.GIF, Kind.WEBP) else 1
            if frames > 1:
                return _redraw_animation(image, kind, frames)
            return _redraw_still(image, kind)
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except _BROKEN as error:
        raise PictureBroken(f"{type(error).__name__}: {error}") from error


def _redraw_still(image: Image.Image, kind: Kind) -> Picture:
    image.load()
    drawn = _in_srgb(ImageOps.exif_transpose(image))
    if kind is Kind.JPEG:
        drawn = drawn if drawn.mode in ("L", "RGB") else drawn.convert("RGB")
    elif kind is Kind.PNG:
        drawn = drawn if drawn.mode in _PNG_MODES else drawn.convert("RGBA" if _has_alpha(drawn) else "RGB")
    elif kind is Kind.WEBP:
        drawn = drawn.convert("RGBA" if _has_alpha(drawn) else "RGB")
    drawn.info = {name: drawn.info[name] for name in ("transparency",) if name in drawn.info}
    return Picture(_saved(drawn, kind, **_SAVING[kind]), *drawn.size, _thumbnail(drawn))


def _redraw_animation(image: Image.Image, kind: Kind, frames: int) -> Picture:
    if frames > MAX_FRAMES or frames * image.width * image.height > MAX_ANIMATED_PIXELS:
        raise _too_large()
    loop = int(image.info.get("loop", 0))
    drawn: list[Image.Image] = []
    durations: list[int] = []
    for frame in ImageSequence.Iterator(image):
        durations.append(max(int(frame.info.get("duration", 100)), 10))
        one = frame.convert("RGBA")
        one.info = {}
        drawn.append(one)
    first, *others = drawn
    options: dict[str, Any] = {"disposal": 2} if kind is Kind.GIF else {}
    content = _saved(
        first,
        kind,
        save_all=True,
        append_images=others,
        duration=durations,
        loop=loop,
        **options,
        **_SAVING[kind],
    )
    return Picture(content, *first.size, _thumbnail(first))


def _require_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise _too_large()


def _too_large() -> PictureTooLarge:
    return PictureTooLarge(details={"max_pixels": MAX_PIXELS, "max_frames": MAX_FRAMES})


def _in_srgb(image: Image.Image) -> Image.Image:
    """The same colours without a profile of their own; one that cannot be read is left out."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK") or len(profile) > _MAX_PROFILE_BYTES:
        return image
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB" if image.mode == "CMYK" else image.mode,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info


def _thumbnail(image: Image.Image) -> bytes:
    small = image.convert("RGBA" if _has_alpha(image) else "RGB")
    small.info = {}
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return _saved(small, Kind.WEBP, quality=80, method=4)


def _saved(image: Image.Image, kind: Kind, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, _FORMATS[kind], **options)
    return target.getvalue()
