"""Which pictures a product has, and the drawing of each.

Every product has main pictures first, then one for each colour it comes in, then detail pictures.
The same product always gives the same bytes.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from zlib import crc32

from PIL import Image, ImageChops, ImageFilter

from wanpu.demo.catalogue.model import DemoProduct
from wanpu.demo.pictures import scene
from wanpu.demo.pictures.colour import Colour, brightness, colour, lighter
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.objects.table import SHAPES
from wanpu.demo.pictures.scene import Placed
from wanpu.demo.pictures.sheet import Sheet

PICTURE_SUFFIX = ".webp"
PICTURE_MEDIA_TYPE = "image/webp"
MAXIMUM_BYTES = 24_000
WEBP_QUALITIES = (80, 70, 60, 50)
LENS_SHARE = 0.34
PART_SHARE = 0.26
PART_REDUCTION = 20


class PictureUse(StrEnum):
    """Where a picture is shown: in the gallery, beside a SKU's colour, or below the description."""

    MAIN = "main"
    SKU = "sku"
    DETAIL = "detail"


class Scene(StrEnum):
    """The composition of one picture."""

    STAGE = "stage"
    SUNLIGHT = "sunlight"
    GROUP = "group"
    PLAIN = "plain"
    CLOSE_UP = "close_up"
    COLOURS = "colours"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class PicturePlan:
    """One picture to draw; `colour_value` is the attribute value that a SKU picture belongs to."""

    use: PictureUse
    scene: Scene
    colour_value: str | None = None


def plan_pictures(product: DemoProduct) -> tuple[PicturePlan, ...]:
    """All pictures of a product; the position is the `variant` that `draw_product` takes."""
    values = tuple(product.picture.colours)
    mains = [Scene.STAGE, Scene.SUNLIGHT]
    details = [Scene.CLOSE_UP]
    if len(values) >= 3:
        mains.append(Scene.GROUP)
        details.append(Scene.COLOURS)
    else:
        details.append(Scene.MEASURED)
    return (
        *(PicturePlan(PictureUse.MAIN, kind) for kind in mains),
        *(PicturePlan(PictureUse.SKU, Scene.PLAIN, value) for value in values),
        *(PicturePlan(PictureUse.DETAIL, kind) for kind in details),
    )


def count_pictures(products: Iterable[DemoProduct]) -> int:
    """How many pictures `draw_product` gives for these products, without drawing any."""
    return sum(len(plan_pictures(product)) for product in products)


def draw_product(product: DemoProduct, *, variant: int, size: int = 800) -> bytes:
    """Draw one picture of a product as a square WebP; `variant` counts along `plan_pictures`.

    A picture of 800 pixels stays within `MAXIMUM_BYTES`: a rich one is saved at a lower quality.

    Raises:
        IndexError: the product has no such picture.
    """
    plans = plan_pictures(product)
    if not 0 <= variant < len(plans):
        raise IndexError(f"{product.key} has {len(plans)} pictures, not one numbered {variant}")
    picture = _drawn(product, plans[variant], size)
    for quality in WEBP_QUALITIES:
        target = io.BytesIO()
        picture.save(target, "WEBP", quality=quality)
        if target.tell() <= MAXIMUM_BYTES:
            break
    return target.getvalue()


def _drawn(product: DemoProduct, plan: PicturePlan, size: int) -> Image.Image:
    tint = colour(product.picture.backdrop)
    is_standing = SHAPES[product.picture.shape].is_standing
    layers = [_layer(product.picture.shape, main, product.picture.accent) for main in _mains(product, plan)]
    first = layers[0]
    match plan.scene:
        case Scene.STAGE:
            backdrop = scene.stage(tint, size, _number(product), is_standing=is_standing)
            return scene.compose(backdrop, tint, (Placed(first, 0.5, 0.5, 0.75, is_standing),))
        case Scene.SUNLIGHT:
            backdrop = scene.sunlight(tint, size)
            return scene.compose(
                backdrop, tint, (Placed(first, 0.5, 0.52, 0.75, is_standing, is_flipped=True),)
            )
        case Scene.GROUP:
            return _group(layers, tint, size, is_standing=is_standing)
        case Scene.PLAIN:
            return scene.compose(scene.plain(tint, size), tint, (Placed(first, 0.5, 0.5, 0.75, is_standing),))
        case Scene.CLOSE_UP:
            return _close_up(first, tint, size, is_standing=is_standing)
        case Scene.COLOURS:
            return _colours(product, layers, size, is_standing=is_standing)
        case Scene.MEASURED:
            return _measured(first, tint, size, is_standing=is_standing)


def _mains(product: DemoProduct, plan: PicturePlan) -> tuple[str, ...]:
    """Main colours of the objects in one picture, the chief one first."""
    picture = product.picture
    if plan.colour_value is not None:
        return (picture.colours[plan.colour_value],)
    if plan.scene in (Scene.GROUP, Scene.COLOURS) and picture.colours:
        return tuple(picture.colours.values())
    return (picture.main,)


def _number(product: DemoProduct) -> int:
    """A number that belongs to the product for good and spreads evenly."""
    return crc32(product.key.encode())


@lru_cache(maxsize=8)
def _layer(shape: str, main: str, accent: str) -> Image.Image:
    sheet = Sheet()
    SHAPES[shape].draw(sheet, Look(main=colour(main), accent=colour(accent)))
    return sheet.image.convert("RGBa")


def _group(layers: list[Image.Image], tint: Colour, size: int, *, is_standing: bool) -> Image.Image:
    front, left, right = (layers[index % len(layers)] for index in range(3))
    backdrop = scene.steps(tint, size, is_standing=is_standing)
    if is_standing:
        placed = (
            _on_floor(left, 0.24, 0.61, 0.375),
            _on_floor(right, 0.77, 0.67, 0.375),
            _on_floor(front, 0.5, 0.845, 0.5),
        )
    else:
        placed = (
            Placed(left, 0.28, 0.29, 0.375, is_standing),
            Placed(right, 0.73, 0.32, 0.375, is_standing, is_flipped=True),
            Placed(front, 0.5, 0.7, 0.5, is_standing),
        )
    return scene.compose(backdrop, tint, placed)


def _on_floor(layer: Image.Image, x: float, floor: float, width: float) -> Placed:
    """Place a standing object so that its lowest point touches the floor."""
    bounds = layer.getbbox()
    lowest = bounds[3] / layer.height if bounds else 1.0
    return Placed(layer, x, floor - (lowest - 0.5) * width, width, is_standing=True)


def _close_up(layer: Image.Image, tint: Colour, size: int, *, is_standing: bool) -> Image.Image:
    """The object at the left, and two lenses that show its richest parts enlarged."""
    backdrop = scene.stage(tint, size, 2, is_standing=False)
    picture = scene.compose(backdrop, tint, (Placed(layer, 0.36, 0.5, 0.6, is_standing),))
    lens = round(size * LENS_SHARE)
    rim = round(lens * 1.06)
    for middle_y, part in zip((0.28, 0.72), _richest_parts(layer), strict=True):
        corner = (round(size * 0.79 - lens / 2), round(size * middle_y - lens / 2))
        rim_corner = (corner[0] - (rim - lens) // 2, corner[1] - (rim - lens) // 2)
        picture.paste(
            lighter(tint, 0.85), (*rim_corner, rim_corner[0] + rim, rim_corner[1] + rim), scene.lens_mask(rim)
        )
        enlarged = layer.crop(part).resize((lens, lens), Image.Resampling.BICUBIC).convert("RGBA")
        ground = Image.new("RGB", (lens, lens), lighter(tint, 0.3))
        ground.paste(enlarged, (0, 0), enlarged)
        picture.paste(ground, corner, scene.lens_mask(lens))
    return picture


def _richest_parts(layer: Image.Image) -> list[tuple[int, int, int, int]]:
    """Two square parts of a layer that are well filled and show much, the upper one first."""
    small = layer.reduce(PART_REDUCTION).convert("RGBA")
    half = round(small.width * PART_SHARE / 2)
    spread = ImageFilter.BoxBlur(half)
    filled = small.getchannel("A").filter(spread)
    edges = small.convert("L").filter(ImageFilter.FIND_EDGES).filter(spread)
    worth = ImageChops.multiply(
        ImageChops.multiply(filled, filled), edges.point(lambda value: 40 + 4 * value)
    )
    values = worth.tobytes()
    inner = range(half, small.width - half)
    rated = sorted(((values[y * small.width + x], x, y) for y in inner for x in inner), reverse=True)
    _, first_x, first_y = rated[0]
    second = next((y, x) for _, x, y in rated if max(abs(x - first_x), abs(y - first_y)) >= 2 * half)
    return [
        (
            (x - half) * PART_REDUCTION,
            (y - half) * PART_REDUCTION,
            (x + half) * PART_REDUCTION,
            (y + half) * PART_REDUCTION,
        )
        for y, x in sorted([(first_y, first_x), second])
    ]


def _colours(product: DemoProduct, layers: list[Image.Image], size: int, *, is_standing: bool) -> Image.Image:
    """Every colour side by side, each on a panel of its own tint."""
    shown = list(zip(product.picture.colours.values(), layers, strict=True))[:4]
    tints = tuple(colour(code) for code, _ in shown)
    width = 1 / len(shown)
    side = min(0.5, width * 1.06)
    placed = tuple(
        Placed(layer, (index + 0.5) * width, 0.46, side, is_standing)
        for index, (_, layer) in enumerate(shown)
    )
    darkest = min(tints, key=brightness)
    return scene.compose(scene.panels(tints, size), lighter(darkest, 0.3), placed)


def _measured(layer: Image.Image, tint: Colour, size: int, *, is_standing: bool) -> Image.Image:
    """The object with dimension lines along its width and height."""
    width = 0.7
    bounds = layer.getbbox() or (0, 0, layer.width, layer.height)
    left, top, right, bottom = (((value / layer.width - 0.5) * width + 0.5) * 100 for value in bounds)
    backdrop = scene.measured(tint, size, (left, top, right, bottom))
    return scene.compose(backdrop, tint, (Placed(layer, 0.5, 0.5, width, is_standing),))
