"""Product pictures: which a product has, what they look like as files, and that they never change."""

import hashlib
import io
import os
import subprocess
import sys

import pytest
from PIL import Image

from wanpu.demo.catalogue import PRODUCTS, DemoProduct
from wanpu.demo.pictures import PictureUse, count_pictures, draw_product, plan_pictures
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.objects.table import SHAPES
from wanpu.demo.pictures.outline import box, mirrored, path, symmetric
from wanpu.demo.pictures.sheet import Sheet

BY_KEY = {product.key: product for product in PRODUCTS}


def decoded(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    image.load()
    return image


def variants(product: DemoProduct, use: PictureUse) -> list[int]:
    return [index for index, plan in enumerate(plan_pictures(product)) if plan.use is use]


def test_every_shape_is_sold_by_some_product_and_every_product_has_a_shape():
    assert len(SHAPES) == 81
    assert {product.picture.shape for product in PRODUCTS} == set(SHAPES)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
def test_a_product_with_colours_names_one_for_each_value_of_its_colour_attribute(product: DemoProduct):
    picture = product.picture
    declared = {attribute.name: attribute.values for attribute in product.sale_attributes}

    if picture.colour_attribute is None:
        assert dict(picture.colours) == {}
    else:
        assert tuple(picture.colours) == declared[picture.colour_attribute]
        assert len(set(picture.colours.values())) == len(picture.colours)
        assert picture.main == next(iter(picture.colours.values()))


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
def test_main_pictures_come_first_then_one_per_colour_then_details(product: DemoProduct):
    plans = plan_pictures(product)
    uses = [plan.use for plan in plans]
    main = 3 if len(product.picture.colours) >= 3 else 2

    assert uses == [
        *[PictureUse.MAIN] * main,
        *[PictureUse.SKU] * len(product.picture.colours),
        *[PictureUse.DETAIL] * 2,
    ]
    assert [plan.colour_value for plan in plans if plan.use is PictureUse.SKU] == list(
        product.picture.colours
    )


def test_the_number_of_pictures_is_known_before_drawing():
    assert count_pictures(PRODUCTS) == sum(len(plan_pictures(product)) for product in PRODUCTS) == 577
    assert count_pictures([BY_KEY["dipped-mug"]]) == 9


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_fills_its_sheet_without_touching_the_edge(shape: str):
    sheet = Sheet(300)

    SHAPES[shape].draw(sheet, Look(main=(90, 120, 160), accent=(220, 190, 140)))

    bounds = sheet.image.getbbox()
    assert bounds is not None
    left, top, right, bottom = bounds
    assert max(right - left, bottom - top) >= 180
    assert left > 0
    assert top > 0
    assert right < 300
    assert bottom < 300


@pytest.mark.parametrize(
    "key", ["dipped-mug", "field-watercolours", "daily-nuts", "braided-cable", "woven-basket"]
)
def test_all_pictures_of_a_product_are_square_webp_pictures_of_at_most_24_kilobytes(key: str):
    product = BY_KEY[key]

    for variant in range(len(plan_pictures(product))):
        picture = draw_product(product, variant=variant)
        image = decoded(picture)
        assert (image.format, image.mode, image.size) == ("WEBP", "RGB", (800, 800))
        assert len(picture) <= 24_000


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
def test_the_first_picture_of_every_product_shows_something_in_the_middle(product: DemoProduct):
    image = decoded(draw_product(product, variant=0, size=200))

    middle = image.crop((30, 30, 170, 170)).convert("L")
    darkest, brightest = middle.getextrema()
    assert image.size == (200, 200)
    assert brightest - darkest >= 60


def test_pictures_of_two_colours_differ_in_their_middle():
    product = BY_KEY["dipped-mug"]
    blue, orange = (
        decoded(draw_product(product, variant=variant, size=200)).getpixel((85, 90))
        for variant in variants(product, PictureUse.SKU)[:2]
    )

    assert blue[2] > blue[0] + 20
    assert orange[0] > orange[2] + 20


def test_no_two_pictures_of_a_product_are_the_same():
    product = BY_KEY["quiet-headphones"]

    pictures = {
        draw_product(product, variant=variant, size=200) for variant in range(len(plan_pictures(product)))
    }

    assert len(pictures) == len(plan_pictures(product)) == 8


def test_another_process_draws_the_same_bytes():
    program = (
        "import hashlib\n"
        "from wanpu.demo.catalogue import PRODUCTS\n"
        "from wanpu.demo.pictures import draw_product, plan_pictures\n"
        "product = next(product for product in PRODUCTS if product.key == 'cloud-romper')\n"
        "for variant in range(len(plan_pictures(product))):\n"
        "    print(hashlib.sha256(draw_product(product, variant=variant)).hexdigest())\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )

    product = BY_KEY["cloud-romper"]
    assert answer.stdout.split() == [
        hashlib.sha256(draw_product(product, variant=variant)).hexdigest()
        for variant in range(len(plan_pictures(product)))
    ]


@pytest.mark.parametrize("variant", [-1, 9])
def test_a_picture_that_a_product_does_not_have_is_refused(variant: int):
    with pytest.raises(IndexError, match="dipped-mug has 9 pictures"):
        draw_product(BY_KEY["dipped-mug"], variant=variant)


def test_a_path_runs_through_its_corners_and_ends_its_curves_exactly():
    assert path("M 10 20 L 30 40 50 60") == ((10, 20), (30, 40), (50, 60))
    assert path("M 0 0 Q 10 0 10 10")[-1] == (10, 10)
    assert path("M 0 0 Q 10 0 10 10")[8] == (7.5, 2.5)


def test_an_unknown_path_command_is_refused():
    with pytest.raises(ValueError, match="unknown path command 'X'"):
        path("M 10 10 X 20 20")


def test_mirrored_halves_meet_at_the_axis():
    assert mirrored(((40, 1), (45, 2))) == ((60, 1), (55, 2))
    assert symmetric("M 50 0 L 20 10") == ((50, 0), (20, 10), (80, 10), (50, 0))


def test_a_shade_tints_only_what_is_painted_and_only_within_its_limit():
    sheet = Sheet(100)
    sheet.fill(box(0, 0, 50, 100), (200, 200, 200))

    sheet.shade(box(0, 0, 100, 100), (0, 0, 0), 0.5, within=box(0, 0, 100, 50))

    assert sheet.image.getpixel((25, 25)) == (100, 100, 100, 255)
    assert sheet.image.getpixel((25, 75)) == (200, 200, 200, 255)
    assert sheet.image.getpixel((75, 25)) == (0, 0, 0, 0)
