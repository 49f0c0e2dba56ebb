"""Pictures are drawn anew, and measured before they are unpacked."""

import io
import random
import tracemalloc
from collections import Counter

import pytest
from PIL import Image, ImageCms
from tests.wanpu.infra.storage.samples import MARK, PAGE, animation, picture, png_claiming

from wanpu.infra.storage.content import Kind
from wanpu.infra.storage.errors import PictureBroken, PictureTooLarge
from wanpu.infra.storage.pictures import MAX_FRAMES, redraw

KINDS = [("JPEG", Kind.JPEG), ("PNG", Kind.PNG), ("WEBP", Kind.WEBP), ("GIF", Kind.GIF)]


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_a_picture_keeps_its_format_size_and_look(name: str, kind: Kind) -> None:
    drawn = redraw(picture(name, (400, 200)), kind)

    image = opened(drawn.content)
    assert (image.format, image.size) == (name, (400, 200))
    assert (drawn.width, drawn.height) == (400, 200)
    red, green, blue = image.convert("RGB").getpixel((200, 100))  # type: ignore[misc]
    assert abs(red - 200) < 6
    assert abs(green - 30) < 6
    assert abs(blue - 30) < 6
    small = opened(drawn.thumbnail)
    assert (small.format, small.size) == ("WEBP", (320, 160))


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_what_is_appended_to_a_picture_is_gone(name: str, kind: Kind) -> None:
    drawn = redraw(picture(name) + MARK, kind)

    assert MARK not in drawn.content
    assert opened(drawn.content).format == name


def test_position_camera_and_comments_are_gone_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    raw = picture("JPEG", (40, 30), exif=exif, comment=MARK)
    assert b"Camera of somebody" in raw

    drawn = redraw(raw, Kind.JPEG)

    assert (drawn.width, drawn.height) == (30, 40)
    for trace in (b"Camera of somebody", MARK, b"Exif"):
        assert trace not in drawn.content
    assert dict(opened(drawn.content).getexif()) == {}


@pytest.mark.parametrize(("name", "kind"), [("PNG", Kind.PNG), ("WEBP", Kind.WEBP)])
def test_text_beside_pixels_is_gone_and_transparency_stays(name: str, kind: Kind) -> None:
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("Comment", MARK.decode())
    options = {"pnginfo": text} if name == "PNG" else {"xmp": MARK}
    raw = picture(name, mode="RGBA", colour=(10, 20, 30, 0), **options)
    assert MARK in raw

    drawn = redraw(raw, kind)

    assert MARK not in drawn.content
    assert opened(drawn.content).convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]


def test_colours_of_a_profile_become_those_that_every_screen_shows() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    drawn = redraw(picture("JPEG", icc_profile=profile), Kind.JPEG)

    assert "icc_profile" not in opened(drawn.content).info
    broken = redraw(picture("JPEG", icc_profile=b"no profile"), Kind.JPEG)
    assert opened(broken.content).size == (40, 30)


def test_print_colours_become_screen_colours() -> None:
    drawn = redraw(picture("JPEG", mode="CMYK", colour=(0, 255, 255, 0)), Kind.JPEG)

    assert opened(drawn.content).mode == "RGB"


@pytest.mark.parametrize(("name", "kind"), [("GIF", Kind.GIF), ("WEBP", Kind.WEBP)])
def test_an_animation_keeps_its_frames(name: str, kind: Kind) -> None:
    drawn = redraw(animation(name, 4), kind)

    image = Image.open(io.BytesIO(drawn.content))
    assert (image.n_frames, image.size) == (4, (20, 10))  # type: ignore[attr-defined]
    assert opened(drawn.thumbnail).size == (20, 10)


def test_an_animated_png_becomes_its_first_frame() -> None:
    drawn = redraw(animation("PNG", 3), Kind.PNG)

    assert getattr(opened(drawn.content), "n_frames", 1) == 1


def test_an_animation_of_too_many_frames_is_refused() -> None:
    with pytest.raises(PictureTooLarge):
        redraw(animation("GIF", MAX_FRAMES + 1), Kind.GIF)


@pytest.mark.parametrize("size", [(50_000, 50_000), (100_000, 1), (8_000, 8_000), (70_000, 70_000)])
def test_a_bomb_is_refused_before_a_pixel_is_unpacked(size: tuple[int, int]) -> None:
    bomb = png_claiming(*size)

    tracemalloc.start()
    with pytest.raises(PictureTooLarge):
        redraw(bomb, Kind.PNG)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("JPEG", (400, 400))[:-400], Kind.JPEG),
        (picture("PNG", (400, 400))[:60], Kind.PNG),
        (picture("WEBP", (400, 400))[:60], Kind.WEBP),
        (picture("GIF", (400, 400))[:40], Kind.GIF),
        (b"\xff\xd8\xff" + PAGE, Kind.JPEG),
        (b"\x89PNG\r\n\x1a\n" + PAGE, Kind.PNG),
        (b"RIFF\x00\x00\x00\x00WEBP" + PAGE, Kind.WEBP),
        (b"GIF89a/*" + b"\x00" * 8 + b"*/=1;alert(1)//", Kind.GIF),
        (png_claiming(0, 0), Kind.PNG),
        (png_claiming(400, 400).replace(b"IDAT", b"IDAX"), Kind.PNG),
        (picture("PNG"), Kind.JPEG),
    ],
    ids=[
        "cut jpeg",
        "cut png",
        "cut webp",
        "cut gif",
        "page as jpeg",
        "page as png",
        "page as webp",
        "script as gif",
        "no size",
        "no pixels",
        "another format",
    ],
)
def test_what_cannot_be_drawn_is_refused(content: bytes, kind: Kind) -> None:
    with pytest.raises((PictureBroken, PictureTooLarge)):
        redraw(content, kind)


SPOILT = [
    (picture("JPEG", (64, 48), exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"), Kind.JPEG),
    (picture("PNG", mode="P", colour=3), Kind.PNG),
    (picture("WEBP", (64, 48)), Kind.WEBP),
    (animation("GIF", 4), Kind.GIF),
    (animation("WEBP", 4), Kind.WEBP),
]


def test_bytes_spoilt_in_any_way_are_drawn_or_refused_and_never_a_crash() -> None:
    chance = random.Random(20261122)
    outcomes: Counter[str] = Counter()

    for _ in range(600):
        content, kind = chance.choice(SPOILT)
        spoilt = bytearray(content)
        for _ in range(chance.choice([1, 2, 20])):
            place = chance.randrange(min(len(spoilt), chance.choice([40, 200])))
            if chance.random() < 0.7:
                spoilt[place] = chance.randrange(256)
            else:
                del spoilt[place : place + chance.randrange(1, 8)]
        try:
            redraw(bytes(spoilt), kind)
        except (PictureBroken, PictureTooLarge):
            outcomes["refused"] += 1
        else:
            outcomes["drawn"] += 1

    assert set(outcomes) == {"refused", "drawn"}
