"""A transparent sheet on which one object is painted: outlines with colours, gradients and soft shades.

The sheet is about twice as large as the object appears in a picture; shrinking it smooths every edge.
Edges on the sheet are hard, so a pixel either belongs to the object or not, and shades keep to it.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from wanpu.demo.pictures.colour import Colour, darker, lighter
from wanpu.demo.pictures.outline import Outline, Point

SHEET_PIXELS = 1200
BLUR_REDUCTION = 4
OPAQUE_OVERSAMPLING = 2


@dataclass(frozen=True, slots=True)
class Gradient:
    """Colours that run evenly across (left to right) or down (top to bottom) an outline's box."""

    colours: tuple[Colour, ...]
    direction: Literal["across", "down"] = "down"


@dataclass(frozen=True, slots=True)
class Glow:
    """A ball's light: `inner` at the bright spot (shares of the outline's box), `outer` at the rim."""

    inner: Colour
    outer: Colour
    spot: tuple[float, float] = (0.36, 0.3)


Paint = Colour | Gradient | Glow


def drum(base: Colour, depth: float = 1.0) -> Gradient:
    """Light on a cylinder: bright left of the middle, dark at the right, a faint reflex at its edge."""
    return Gradient(
        (
            darker(base, 0.16 * depth),
            lighter(base, 0.12 * depth),
            lighter(base, 0.34 * depth),
            base,
            darker(base, 0.12 * depth),
            darker(base, 0.26 * depth),
            darker(base, 0.18 * depth),
        ),
        "across",
    )


def soft(base: Colour, depth: float = 1.0) -> Gradient:
    """Light from above on a flat thing."""
    return Gradient((lighter(base, 0.22 * depth), base, darker(base, 0.14 * depth)))


def ball(base: Colour) -> Glow:
    """Light on a round thing."""
    return Glow(lighter(base, 0.5), darker(base, 0.24))


class Sheet:
    """Paints outlines given in units: the whole sheet is 100 units wide and high.

    A sheet with a `ground` is opaque and as large as its picture: its edges are smoothed one by one,
    which is cheaper than shrinking a large sheet that is painted from edge to edge.
    """

    def __init__(self, pixels: int = SHEET_PIXELS, ground: Paint | None = None) -> None:
        self.pixels = pixels
        self.scale = pixels / 100
        self._is_opaque = ground is not None
        if ground is None:
            self.image = Image.new("RGBA", (pixels, pixels), (0, 0, 0, 0))
        else:
            self.image = _painted(ground, (pixels, pixels)).convert("RGB")
        self._draw = ImageDraw.Draw(self.image)

    def fill(self, outline: Outline, paint: Paint) -> None:
        """Cover the outline with paint."""
        if isinstance(paint, tuple) and not self._is_opaque:
            self._draw.polygon(self._on_pixels(outline), fill=(*paint, 255))
            return
        area = self._area(outline, margin=0)
        self.image.paste(
            _painted(paint, (area[2] - area[0], area[3] - area[1])), area[:2], self._mask(outline, area)
        )

    def stroke(self, points: Outline, width: float, paint: Colour, *, closed: bool = False) -> None:
        """Draw a line of `width` units with round ends along the points."""
        pixels = self._on_pixels((*points, points[0]) if closed else points)
        self._draw.line(pixels, fill=(*paint, 255), width=max(1, round(width * self.scale)), joint="curve")
        radius = width * self.scale / 2
        for x, y in (pixels[0], pixels[-1]):
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*paint, 255))

    def shade(
        self,
        outline: Outline,
        tone: Colour,
        strength: float,
        *,
        blur: float = 0,
        within: Outline | None = None,
    ) -> None:
        """Tint what is already painted below the outline; `strength` 0–1, `blur` in units.

        `within` keeps the tint to another outline, as when a handle casts its shadow on a cup.
        """
        area = self._area(outline, margin=blur * 2.2)
        if area[2] <= area[0] or area[3] <= area[1]:
            return
        mask = self._blurred_mask(outline, area, blur) if blur else self._mask(outline, area)
        if not self._is_opaque:
            mask = ImageChops.multiply(mask, self.image.crop(area).getchannel("A"))
        if within is not None:
            mask = ImageChops.multiply(mask, self._mask(within, area))
        self.image.paste((*tone, 255), area, mask.point([round(value * strength) for value in range(256)]))

    def _on_pixels(self, outline: Outline) -> list[Point]:
        return [(x * self.scale, y * self.scale) for x, y in outline]

    def _area(self, outline: Outline, margin: float) -> tuple[int, int, int, int]:
        """The outline's box in whole pixels, clipped to the sheet."""
        across = [x for x, _ in outline]
        down = [y for _, y in outline]
        return (
            max(0, int((min(across) - margin) * self.scale)),
            max(0, int((min(down) - margin) * self.scale)),
            min(self.pixels, int((max(across) + margin) * self.scale) + 1),
            min(self.pixels, int((max(down) + margin) * self.scale) + 1),
        )

    def _mask(self, outline: Outline, area: tuple[int, int, int, int]) -> Image.Image:
        if self._is_opaque:
            return self._mask_at(outline, area, OPAQUE_OVERSAMPLING).reduce(OPAQUE_OVERSAMPLING)
        return self._mask_at(outline, area, 1)

    def _mask_at(self, outline: Outline, area: tuple[int, int, int, int], factor: float) -> Image.Image:
        size = (math.ceil((area[2] - area[0]) * factor), math.ceil((area[3] - area[1]) * factor))
        mask = Image.new("L", size, 0)
        points = [((x - area[0]) * factor, (y - area[1]) * factor) for x, y in self._on_pixels(outline)]
        ImageDraw.Draw(mask).polygon(points, fill=255)
        return mask

    def _blurred_mask(self, outline: Outline, area: tuple[int, int, int, int], blur: float) -> Image.Image:
        """Blur at a quarter of the size: sixteen times less work, and a blurred edge hides the difference."""
        small = self._mask_at(outline, area, 1 / BLUR_REDUCTION)
        small = small.filter(ImageFilter.GaussianBlur(blur * self.scale / BLUR_REDUCTION))
        return small.resize((area[2] - area[0], area[3] - area[1]), Image.Resampling.BILINEAR)


def _painted(paint: Paint, size: tuple[int, int]) -> Image.Image:
    if isinstance(paint, tuple):
        return Image.new("RGBA", size, (*paint, 255))
    if isinstance(paint, Glow):
        return _painted_glow(paint, size)
    strip = Image.new("RGBA", (len(paint.colours), 1))
    strip.putdata([(*tone, 255) for tone in paint.colours])
    if paint.direction == "down":
        strip = strip.transpose(Image.Transpose.ROTATE_270)
        return strip.resize((1, size[1]), Image.Resampling.BICUBIC).resize(size, Image.Resampling.NEAREST)
    return strip.resize((size[0], 1), Image.Resampling.BICUBIC).resize(size, Image.Resampling.NEAREST)


def _painted_glow(paint: Glow, size: tuple[int, int]) -> Image.Image:
    """Place the middle of a round gradient at the spot and let it reach the farthest corner."""
    width, height = size
    reach_x = 2 * max(paint.spot[0], 1 - paint.spot[0]) * width
    reach_y = 2 * max(paint.spot[1], 1 - paint.spot[1]) * height
    left = reach_x / 2 - paint.spot[0] * width
    top = reach_y / 2 - paint.spot[1] * height
    factor_x, factor_y = 256 / reach_x, 256 / reach_y
    crop = (left * factor_x, top * factor_y, (left + width) * factor_x, (top + height) * factor_y)
    distance = _round_gradient().resize(size, Image.Resampling.BILINEAR, box=crop)
    rim = Image.new("RGBA", size, (*paint.outer, 255))
    rim.paste((*paint.inner, 255), (0, 0, width, height), ImageChops.invert(distance))
    return rim


@cache
def _round_gradient() -> Image.Image:
    return Image.radial_gradient("L")
