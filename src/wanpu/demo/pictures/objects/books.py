"""图书: hardcovers with drawn covers."""

from wanpu.demo.pictures.colour import WHITE, colour, darker, lighter, mix
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.outline import Outline, box, ellipse, path, rotated, star
from wanpu.demo.pictures.sheet import Glow, Gradient, Sheet, ball, soft

PAPER = colour("#f6eedd")
LEAF = colour("#6f9a5c")


def _standing_book(sheet: Sheet, look: Look) -> Outline:
    """A closed hardcover with its pages at the right; answers the outline of the front."""
    sheet.fill(path("M 24 10 L 80 14 L 84 18 L 84 91 L 28 90 L 24 86"), darker(look.main, 0.4))
    sheet.fill(
        path("M 76 13 L 82.6 18 L 82.6 88 L 76 86"),
        Gradient((PAPER, darker(PAPER, 0.2), PAPER, darker(PAPER, 0.16)), "across"),
    )
    front = box(20, 9, 77, 88, 2)
    sheet.fill(front, Gradient((lighter(look.main, 0.16), look.main, darker(look.main, 0.14))))
    sheet.shade(box(20, 9, 25.4, 88), darker(look.main, 0.7), 0.3, within=front)
    sheet.shade(box(26.2, 9, 27.4, 88), WHITE, 0.22, within=front)
    return front


def novel(sheet: Sheet, look: Look) -> None:
    """A novel whose cover shows a moon over hills."""
    front = _standing_book(sheet, look)
    scene = box(32, 18, 71, 62, 1.6)
    sheet.fill(scene, Gradient((darker(look.main, 0.35), mix(look.main, look.accent, 0.5), look.accent)))
    sheet.fill(ellipse(58, 31, 6.4), ball(lighter(look.accent, 0.6)))
    for shape, share in (
        ("M 30 56 Q 42 40 54 52 Q 64 44 74 54 L 74 64 L 30 64", 0.3),
        ("M 30 62 Q 40 50 52 58 Q 62 52 74 60 L 74 66 L 30 66", 0.55),
    ):
        sheet.shade(path(shape), darker(look.main, share), 1, within=scene)
    sheet.stroke(((36, 70), (67, 70)), 1.8, lighter(look.accent, 0.5))
    sheet.stroke(((41, 75.4), (62, 75.4)), 1.1, lighter(look.accent, 0.4))
    sheet.shade(path("M 27 9 L 44 9 L 27 40"), WHITE, 0.12, within=front)


def handbook(sheet: Sheet, look: Look) -> None:
    """A handbook whose cover shows a plant and a grid."""
    front = _standing_book(sheet, look)
    sheet.fill(ellipse(52, 44, 18), lighter(look.accent, 0.55))
    sheet.stroke(path("M 52 62 Q 50 46 53 32"), 1.5, darker(look.accent, 0.3))
    for y, turn in ((56, -150), (53, -30), (47, -140), (44, -36), (38, -120), (36, -60)):
        blade = path(f"M 52 {y} Q 59 {y - 5} 65 {y} Q 59 {y + 4} 52 {y}")
        sheet.fill(rotated(blade, turn, (52, y)), soft(look.accent))
    sheet.fill(box(32, 68, 72, 71, 1), lighter(look.main, 0.75))
    sheet.fill(box(38, 74, 66, 76, 1), lighter(look.main, 0.6))
    sheet.fill(box(32, 14, 44, 17, 1), lighter(look.main, 0.7))
    sheet.fill(path("M 66 9 L 72 9 L 72 24 L 69 21 L 66 24"), colour("#cf5f4a"))
    sheet.shade(path("M 27 9 L 44 9 L 27 40"), WHITE, 0.12, within=front)


def picture_book(sheet: Sheet, look: Look) -> None:
    """A picture book for children: a whale under stars."""
    front = _standing_book(sheet, look)
    for x, y, size in ((36, 20, 2.6), (52, 16, 2), (66, 22, 3), (44, 30, 1.6), (70, 34, 1.8)):
        sheet.fill(star(x, y, size, size * 0.46, 5), lighter(look.accent, 0.3))
    whale = path(
        "M 32 52 C 32 38 52 36 60 46 Q 64 50 68 46 Q 66 40 72 38 Q 72 44 75 46 Q 72 52 68 54"
        " C 64 66 52 68 44 66 Q 33 64 32 52"
    )
    sheet.fill(whale, Glow(lighter(look.accent, 0.5), darker(look.accent, 0.12)))
    sheet.shade(path("M 32 57 Q 46 64 62 60 Q 54 68 44 66 Q 36 64 32 57"), WHITE, 0.6, within=whale)
    sheet.fill(ellipse(40, 51, 1.3), colour("#2c2b36"))
    sheet.stroke(path("M 44 38 Q 42 32 38 32"), 1.1, lighter(look.accent, 0.6))
    sheet.stroke(path("M 44 38 Q 46 32 50 32"), 1.1, lighter(look.accent, 0.6))
    for top in (70, 75, 80):
        wave = path(
            f"M 20 {top} Q 27 {top - 4} 34 {top} Q 41 {top + 4} 48 {top} Q 55 {top - 4} 62 {top}"
            f" Q 69 {top + 4} 77 {top} L 77 88 L 20 88"
        )
        sheet.shade(wave, lighter(look.accent, 0.2), 0.5, within=front)


def alley_novel(sheet: Sheet, look: Look) -> None:
    """A collection of stories whose cover shows lit windows in a lane at night."""
    front = _standing_book(sheet, look)
    scene = box(32, 16, 71, 66, 1.6)
    sheet.fill(scene, Gradient((darker(look.main, 0.6), mix(darker(look.main, 0.2), look.accent, 0.3))))
    for left, top, right in ((32, 34, 44), (44, 26, 54), (56, 30, 64), (64, 38, 71)):
        house = ((left, top + 4), ((left + right) / 2, top), (right, top + 4), (right, 66), (left, 66))
        sheet.fill(house, darker(look.main, 0.66 if left in (32, 56) else 0.76))
    for x, y in (
        (35, 42),
        (39.5, 42),
        (35, 50),
        (47, 35),
        (50.5, 43),
        (47, 51),
        (58.5, 38),
        (66, 45),
        (66, 53),
    ):
        sheet.shade(box(x - 1.5, y - 1.5, x + 4, y + 5), look.accent, 0.5, blur=1.4, within=scene)
        sheet.fill(box(x, y, x + 2.6, y + 3.6, 0.3), lighter(look.accent, 0.35))
    sheet.shade(path("M 42 66 L 64 66 L 55 58 L 50 58"), look.accent, 0.45, within=scene)
    sheet.stroke(((52, 66), (52, 56)), 0.8, lighter(look.accent, 0.2))
    sheet.shade(ellipse(52, 55, 6), look.accent, 0.7, blur=2.4, within=scene)
    sheet.fill(ellipse(52, 55, 1.8), lighter(look.accent, 0.6))
    sheet.stroke(((36, 73), (67, 73)), 1.8, lighter(look.accent, 0.5))
    sheet.stroke(((44, 78), (59, 78)), 1.1, lighter(look.accent, 0.4))
    sheet.shade(path("M 27 9 L 44 9 L 27 40"), WHITE, 0.12, within=front)


def garden_book(sheet: Sheet, look: Look) -> None:
    """A picture book with a basket of vegetables on its cover."""
    front = _standing_book(sheet, look)
    sheet.fill(ellipse(52, 46, 20), lighter(look.accent, 0.4))
    for x, turn in ((44, -16), (52, 0), (60, 16)):
        for leaf in (-24, 0, 24):
            blade = path(f"M {x} 40 Q {x + 3} 33 {x} 26 Q {x - 3} 33 {x} 40")
            sheet.fill(rotated(rotated(blade, leaf, (x, 40)), turn, (52, 60)), soft(LEAF))
        root = path(f"M {x - 4.4} 41 Q {x} 37 {x + 4.4} 41 Q {x + 3} 52 {x} 62 Q {x - 3} 52 {x - 4.4} 41")
        tone = colour("#e5813f") if x != 52 else colour("#e8e0cf")
        sheet.fill(
            rotated(root, turn, (52, 60)), Gradient((lighter(tone, 0.2), tone, darker(tone, 0.16)), "across")
        )
    sheet.fill(path("M 34 52 L 70 52 L 66 66 Q 65 68 62 68 L 42 68 Q 39 68 38 66"), soft(colour("#c79a62")))
    for row in range(3):
        for column in range(6):
            left = 36.6 + column * 5.2 + row % 2 * 2
            sheet.fill(box(left, 55.4 + row * 4.2, left + 3.6, 58.4 + row * 4.2, 1), colour("#dcb680"))
    sheet.fill(box(33, 50.6, 71, 54, 1.6), soft(colour("#b98a52")))
    for x, y in ((33, 18), (70, 22), (48, 15)):
        sheet.fill(star(x, y, 2.6, 1.4, 6), lighter(look.accent, 0.5))
    sheet.stroke(((38, 75), (66, 75)), 2, lighter(look.accent, 0.5))
    sheet.stroke(((44, 80.4), (60, 80.4)), 1.2, lighter(look.accent, 0.4))
    sheet.shade(path("M 27 9 L 44 9 L 27 40"), WHITE, 0.12, within=front)
