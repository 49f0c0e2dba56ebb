"""Scenes of the picture set: what stands behind, below and beside the drawn objects, and their shadows."""

from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageChops, ImageFilter, ImageOps

from wanpu.demo.pictures.colour import BLACK, WHITE, Colour, darker, lighter, mix
from wanpu.demo.pictures.outline import Outline, arc, box, ellipse, moved, path, rotated
from wanpu.demo.pictures.sheet import Gradient, Sheet, drum

SHADOW_REDUCTION = 4


@dataclass(frozen=True, slots=True)
class Placed:
    """A painted sheet in a scene: its middle and width as shares of the scene's width."""

    layer: Image.Image
    x: float
    y: float
    width: float
    is_standing: bool
    is_flipped: bool = False


def compose(backdrop: Image.Image, tint: Colour, placed: tuple[Placed, ...]) -> Image.Image:
    """Put the objects on the backdrop, back to front, each with its shadow."""
    for item in placed:
        side = round(item.width * backdrop.width)
        layer = shrunk(item.layer, side)
        if item.is_flipped:
            layer = ImageOps.mirror(layer)
        left, top = round(item.x * backdrop.width - side / 2), round(item.y * backdrop.height - side / 2)
        _cast_shadow(backdrop, layer, (left, top), darker(tint, 0.62), is_standing=item.is_standing)
        backdrop.paste(layer, (left, top), layer)
    return backdrop


def shrunk(layer: Image.Image, side: int) -> Image.Image:
    """The layer at a smaller size with smooth edges: first by a whole divisor (quick), then to the pixel.

    The layer holds premultiplied colour (`RGBa`), as averages of half-covered pixels need.
    """
    layer = layer.reduce(max(1, layer.width // side))
    if layer.width != side:
        layer = layer.resize((side, side), Image.Resampling.HAMMING)
    return layer.convert("RGBA")


def _cast_shadow(
    scene: Image.Image, layer: Image.Image, corner: tuple[int, int], tone: Colour, *, is_standing: bool
) -> None:
    """A wide faint shadow and a tight dark one; a standing thing throws the wide one along its table."""
    alpha = layer.getchannel("A").reduce(SHADOW_REDUCTION)
    bounds = alpha.getbbox()
    if bounds is None:
        return
    side = alpha.width
    margin = side // 4
    wide = Image.new("L", (side + 2 * margin, side + 2 * margin), 0)
    tight = wide.copy()
    if is_standing:
        flat = alpha.crop(bounds).resize((bounds[2] - bounds[0], max(4, (bounds[3] - bounds[1]) // 5)))
        wide.paste(flat, (margin + bounds[0] + side // 16, margin + bounds[3] - flat.height * 3 // 4))
        floor = alpha.crop((0, bounds[3] - max(2, side // 40), side, bounds[3]))
        tight.paste(floor, (margin, margin + bounds[3] - floor.height // 2))
    else:
        wide.paste(alpha, (margin + side // 40, margin + side // 22))
        tight.paste(alpha, (margin + side // 120, margin + side // 90))
    wide = wide.filter(ImageFilter.GaussianBlur(side / 34)).point(
        [round(value * 0.34) for value in range(256)]
    )
    tight = tight.filter(ImageFilter.GaussianBlur(side / 90)).point(
        [round(value * 0.42) for value in range(256)]
    )
    shadow = ImageChops.screen(wide, tight)
    dark = shadow.getbbox() or (0, 0, 1, 1)
    mask = shadow.crop(dark)
    mask = mask.resize(
        (mask.width * SHADOW_REDUCTION, mask.height * SHADOW_REDUCTION), Image.Resampling.BILINEAR
    )
    left = corner[0] + (dark[0] - margin) * SHADOW_REDUCTION
    top = corner[1] + (dark[1] - margin) * SHADOW_REDUCTION
    scene.paste(tone, (left, top, left + mask.width, top + mask.height), mask)


def stage(tint: Colour, size: int, kind: int, *, is_standing: bool) -> Image.Image:
    """Main picture: a wall with one of four large forms, and a table when the object stands."""
    sheet = Sheet(size, Gradient((lighter(tint, 0.42), lighter(tint, 0.12))))
    form = lighter(tint, 0.62)
    match kind % 4:
        case 0:
            sheet.fill(ellipse(50, 48, 37), form)
        case 1:
            sheet.fill((*arc(50, 46, 32, 34, (180, 360)), (82, 100), (18, 100)), form)
        case 2:
            sheet.fill(box(15, 12, 85, 88, 10), form)
        case _:
            sheet.fill(ellipse(40, 42, 31), form)
            sheet.fill(ellipse(74, 66, 20), mix(tint, form, 0.45))
    if is_standing:
        sheet.fill(box(0, 80, 100, 100), Gradient((darker(tint, 0.03), lighter(tint, 0.2))))
        sheet.shade(box(0, 80, 100, 80.5), WHITE, 0.4)
    return sheet.image


def sunlight(tint: Colour, size: int) -> Image.Image:
    """Second main picture: a deeper tint with light falling through a window and the shadow of a branch."""
    deep = darker(tint, 0.06)
    picture = Sheet(size, Gradient((lighter(deep, 0.1), deep, darker(deep, 0.06)))).image
    picture.paste(lighter(tint, 0.8), (0, 0, size, size), _window_light(size))
    picture.paste(darker(tint, 0.5), (0, 0, size, size), _branch_shadow(size))
    return picture


@cache
def _window_light(size: int) -> Image.Image:
    """Where the light of four panes falls: a mask, the same behind every product."""
    sheet = Sheet(size, BLACK)
    for left, top in ((2, -20), (2, 31), (40, -33), (40, 18)):
        pane: Outline = (
            (left, top + 24),
            (left + 32, top + 13),
            (left + 42, top + 56),
            (left + 12, top + 67),
        )
        sheet.shade(pane, WHITE, 0.5, blur=1.2)
    return sheet.image.getchannel("R")


@cache
def _branch_shadow(size: int) -> Image.Image:
    """Where the leaves of two twigs keep the light off: a mask."""
    sheet = Sheet(size, BLACK)
    for stem, length in (("M 106 -4 Q 86 6 66 27", 15.0), ("M 108 22 Q 92 28 79 45", 12.0)):
        line = path(stem)
        for index in range(2, len(line), 2):
            x, y = line[index]
            for turn in (122, 196):
                blade = path(f"M 0 0 Q {length / 2} {-length / 4} {length} 0 Q {length / 2} {length / 4} 0 0")
                leaf = rotated(moved(blade, x, y), turn - index, (x, y))
                sheet.shade(leaf, WHITE, 0.2, blur=0.6)
    return sheet.image.getchannel("R")


def steps(tint: Colour, size: int, *, is_standing: bool) -> Image.Image:
    """Group picture: three round steps for standing things, three mats for lying ones."""
    sheet = Sheet(size, Gradient((lighter(tint, 0.2), lighter(tint, 0.5))))
    if not is_standing:
        for x, y, radius in ((27, 29, 23), (74, 31, 21.5), (50, 71, 27)):
            sheet.fill(ellipse(x, y, radius), lighter(tint, 0.68))
        return sheet.image
    sheet.fill(ellipse(50, 40, 33), lighter(tint, 0.62))
    sheet.fill(box(0, 74, 100, 100), Gradient((darker(tint, 0.02), lighter(tint, 0.3))))
    for x, top, radius, bottom in ((24, 60, 21, 84), (77, 66, 20, 86), (50, 83, 27, 93)):
        tone = lighter(tint, 0.26)
        sheet.shade(ellipse(x + 3, bottom, radius, radius * 0.24), darker(tint, 0.6), 0.3, blur=1.6)
        column = (*arc(x, bottom, radius, radius * 0.2, (0, 180)), (x - radius, top), (x + radius, top))
        sheet.fill(column, drum(tone, 0.6))
        sheet.fill(ellipse(x, top, radius, radius * 0.2), lighter(tint, 0.72))
    return sheet.image


def plain(tint: Colour, size: int) -> Image.Image:
    """Picture of one colour choice: nearly white, so that colours can be compared."""
    pale = mix(tint, WHITE, 0.82)
    return Sheet(size, Gradient((mix(pale, WHITE, 0.5), pale, mix(tint, WHITE, 0.7)))).image


def panels(tints: tuple[Colour, ...], size: int) -> Image.Image:
    """Detail picture with one upright panel for each colour."""
    sheet = Sheet(size, WHITE)
    width = 100 / len(tints)
    for index, tint in enumerate(tints):
        shade = mix(tint, WHITE, 0.68)
        sheet.fill(box(index * width, 0, (index + 1) * width, 100), Gradient((mix(shade, WHITE, 0.4), shade)))
        sheet.fill(ellipse((index + 0.5) * width, 86, 3.6), tint)
    return sheet.image


def measured(tint: Colour, size: int, bounds: tuple[float, float, float, float]) -> Image.Image:
    """Detail picture with dimension lines around `bounds` (left, top, right, bottom in units)."""
    sheet = Sheet(size, Gradient((mix(tint, WHITE, 0.8), mix(tint, WHITE, 0.62))))
    for step in range(10, 100, 10):
        sheet.shade(box(step - 0.08, 0, step + 0.08, 100), darker(tint, 0.3), 0.16)
        sheet.shade(box(0, step - 0.08, 100, step + 0.08), darker(tint, 0.3), 0.16)
    left, top, right, bottom = bounds
    ink = darker(tint, 0.55)
    below, beside = min(95.0, bottom + 6), max(5.0, left - 6)
    sheet.stroke(((left, below), (right, below)), 0.45, ink)
    sheet.stroke(((beside, top), (beside, bottom)), 0.45, ink)
    for x in (left, right):
        sheet.stroke(((x, below - 1.8), (x, below + 1.8)), 0.45, ink)
    for y in (top, bottom):
        sheet.stroke(((beside - 1.8, y), (beside + 1.8, y)), 0.45, ink)
    return sheet.image


@cache
def lens_mask(size: int) -> Image.Image:
    """A smooth disc that cuts out an enlarged part."""
    sheet = Sheet(size, BLACK)
    sheet.fill(ellipse(50, 50, 49.5), WHITE)
    return sheet.image.getchannel("R")
