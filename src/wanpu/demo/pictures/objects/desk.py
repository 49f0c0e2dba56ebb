"""图书文具: books, paper and things that write or paint."""

from wanpu.demo.pictures.colour import WHITE, Colour, colour, darker, lighter, mix
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.outline import Outline, arc, box, ellipse, moved, path, rotated, star
from wanpu.demo.pictures.sheet import Glow, Gradient, Sheet, ball, drum, soft

PAPER = colour("#f6eedd")
WOOD = colour("#d8b07c")
STEEL = colour("#b9bcc4")
BRASS = colour("#d0a85c")


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


def notebook(sheet: Sheet, look: Look) -> None:
    """A cloth notebook with an elastic band and a ribbon."""
    sheet.fill(path("M 60 84 L 64 96 L 66.5 92 L 69 96 L 66 84"), look.accent)
    sheet.fill(box(21, 12, 82, 91, 3), darker(look.main, 0.42))
    sheet.fill(box(22, 13, 80, 89, 2), darker(PAPER, 0.1))
    body = box(18, 10, 77, 88, 3.4)
    sheet.fill(body, Gradient((lighter(look.main, 0.18), look.main, darker(look.main, 0.12))))
    sheet.shade(box(18, 10, 27, 88), darker(look.main, 0.6), 0.22, within=body)
    for row in range(39):
        sheet.shade(box(27, 11 + row * 2, 77, 11.6 + row * 2), WHITE, 0.07, within=body)
    sheet.fill(
        box(67.4, 9, 70.6, 89, 1),
        Gradient((lighter(look.accent, 0.2), look.accent, darker(look.accent, 0.2)), "across"),
    )
    sheet.fill(box(35, 24, 60, 40, 1.4), soft(PAPER, 0.5))
    sheet.stroke(((39, 30), (56, 30)), 0.8, darker(look.main, 0.1))
    sheet.stroke(((39, 34.6), (50, 34.6)), 0.8, darker(look.main, 0.1))
    sheet.shade(path("M 27 10 L 40 10 L 27 36"), WHITE, 0.12, within=body)


def pen(sheet: Sheet, look: Look) -> None:
    """A fountain pen with its cap beside it, above a written line."""
    parts: tuple[tuple[Outline, Colour], ...] = (
        (box(43.6, 6, 54.4, 58, 5), look.main),
        (box(43.2, 54, 54.8, 58.6, 0.8), look.accent),
        (path("M 44.6 58 L 53.4 58 L 52.4 70 L 45.6 70"), darker(look.main, 0.3)),
        (path("M 45.6 70 Q 43.4 78 49 92 Q 54.6 78 52.4 70"), look.accent),
    )
    for outline, tone in parts:
        sheet.fill(rotated(outline, 32), drum(tone))
    sheet.stroke(rotated(((49, 91), (49, 79)), 32), 0.6, darker(look.accent, 0.6))
    sheet.fill(rotated(ellipse(49, 78, 1.2), 32), darker(look.accent, 0.6))
    sheet.fill(rotated(box(63, 14, 75.4, 58, 5.4), 32), drum(look.main))
    sheet.fill(rotated(box(62.6, 53, 75.8, 57.6, 0.8), 32), drum(look.accent))
    sheet.fill(rotated(box(67.8, 16, 70.4, 46, 1.3), 32), drum(look.accent))
    sheet.fill(rotated(ellipse(69.1, 46, 2), 32), ball(look.accent))
    sheet.stroke(
        path("M 16 88 C 8 80 20 74 24 84 Q 26 92 34 86 Q 42 80 48 86 Q 54 92 62 86 Q 70 82 80 87"),
        1.3,
        mix(look.main, colour("#2c2b36"), 0.5),
    )


def pencils(sheet: Sheet, look: Look) -> None:
    """Coloured pencils in a cup."""
    tones = (
        look.main,
        look.accent,
        colour("#6f9bb3"),
        colour("#d77a5f"),
        colour("#8fa668"),
        colour("#e3b95a"),
        colour("#9a7fae"),
    )
    for index, tone in enumerate(tones):
        x, top, turn = 28 + index * 7.2, 16 + (index * 5) % 9, (index - 3) * 4
        for outline, paint in (
            (box(x - 3, top + 9, x + 3, 58), drum(tone)),
            (path(f"M {x - 3} {top + 9.6} L {x} {top - 2} L {x + 3} {top + 9.6}"), drum(WOOD)),
            (path(f"M {x - 1.1} {top + 2.4} L {x} {top - 2} L {x + 1.1} {top + 2.4}"), darker(tone, 0.1)),
        ):
            sheet.fill(rotated(outline, turn, (x, 80)), paint)
    cup = path("M 23 48 L 77 48 L 74 86 Q 73 90 68 90 L 32 90 Q 27 90 26 86")
    sheet.fill(cup, drum(PAPER, 0.7))
    for row, tone in ((60, look.main), (66, look.accent), (72, look.main)):
        sheet.shade(box(20, row, 80, row + 2.6), tone, 0.85, within=cup)
    sheet.fill(path("M 23 48 Q 50 52 77 48 L 77 51 Q 50 55 23 51"), drum(darker(PAPER, 0.08), 0.7))


def paints(sheet: Sheet, look: Look) -> None:
    """A tin of watercolours with a brush."""
    sheet.fill(box(8, 12, 92, 46, 4), soft(lighter(look.main, 0.3)))
    sheet.fill(box(12, 16, 88, 44, 2), Gradient((lighter(PAPER, 0.4), PAPER)))
    for x, y, code in ((26, 30, "#d77a5f"), (46, 27, "#6f9bb3"), (64, 32, "#e3b95a"), (78, 25, "#8fa668")):
        sheet.shade(ellipse(x, y, 8, 5.6), colour(code), 0.55, blur=1.4)
        sheet.shade(ellipse(x + 2, y + 1, 4, 3), colour(code), 0.5, blur=0.7)
    sheet.fill(box(7, 45, 93, 88, 4), darker(look.main, 0.35))
    sheet.fill(box(8, 44, 92, 86, 4), soft(look.main))
    sheet.fill(box(11, 48, 89, 83, 2), darker(look.main, 0.4))
    pans = (
        "#c8483f",
        "#e0793e",
        "#edb64a",
        "#f1dc7a",
        "#9dbb5c",
        "#4f8a5f",
        "#4f9aa3",
        "#3f6fa8",
        "#5b539a",
        "#95528c",
        "#a8633f",
        "#4a3a36",
    )
    for index, code in enumerate(pans):
        left, top = 13 + index % 6 * 12.6, 49.6 + index // 6 * 16.6
        sheet.fill(box(left, top, left + 11.2, top + 14.8, 1.6), PAPER)
        sheet.fill(
            box(left + 1, top + 1, left + 10.2, top + 13.8, 1.2),
            Glow(lighter(colour(code), 0.35), darker(colour(code), 0.08)),
        )
    for outline, tone in (
        (path("M 30 60 L 92 87 L 91 90 L 29 64"), look.accent),
        (path("M 32 60.6 L 22 58 L 21 61.6 L 31 64.6"), STEEL),
        (path("M 22 57.4 Q 12 54 8 56 Q 12 62 21 62"), colour("#5a4034")),
    ):
        sheet.fill(moved(outline, 0, 4), soft(tone))


def brushes(sheet: Sheet, look: Look) -> None:
    """Two calligraphy brushes, an ink stone and a drop of ink."""
    sheet.fill(ellipse(50, 80, 43, 12), darker(look.main, 0.5))
    sheet.fill(ellipse(50, 77, 43, 12), drum(look.main))
    sheet.fill(ellipse(50, 76, 36, 9), darker(look.main, 0.3))
    sheet.fill(ellipse(56, 77, 25, 6), Gradient((colour("#3a3844"), colour("#17161d"))))
    sheet.fill(ellipse(50, 75.6, 9, 1.2), colour("#565463"))
    for x, turn, bristle in ((36, 22, colour("#efe3cc")), (60, 34, colour("#8a5f42"))):
        for outline, tone in (
            (box(x - 2.6, 4, x + 2.6, 54, 2), look.accent),
            (box(x - 3.4, 50, x + 3.4, 57, 1), darker(look.accent, 0.4)),
            (path(f"M {x - 3.6} 57 Q {x - 5.6} 66 {x} 78 Q {x + 5.6} 66 {x + 3.6} 57"), bristle),
            (
                path(
                    f"M {x - 2.6} 70 Q {x - 1.4} 75 {x} 78 Q {x + 1.4} 75 {x + 2.6} 70 Q {x} 68 {x - 2.6} 70"
                ),
                colour("#2c2b36"),
            ),
        ):
            sheet.fill(rotated(outline, turn, (x, 60)), drum(tone))
        sheet.stroke(rotated(arc(x, 2.4, 2.2, 3, (0, 360)), turn, (x, 60)), 0.8, colour("#b9493f"))


def stickers(sheet: Sheet, look: Look) -> None:
    """A sheet of round, star and label stickers, one peeled off."""
    sheet.fill(rotated(box(17, 9, 77, 90, 2.4), -5), darker(PAPER, 0.1))
    sheet.fill(rotated(box(18, 8, 78, 89, 2.4), -5), Gradient((lighter(PAPER, 0.5), PAPER)))
    tones = (look.main, look.accent, colour("#8fa68e"), colour("#6f9bb3"), colour("#e3b95a"))
    for row in range(5):
        for column in range(4):
            x, y, tone = 27 + column * 14, 18 + row * 15.4, tones[(row * 2 + column) % 5]
            kind = (row + column) % 3
            outline = (ellipse(x, y, 5.4), star(x, y, 6.4, 3, 5), box(x - 5.6, y - 4.4, x + 5.6, y + 4.4, 2))[
                kind
            ]
            sheet.fill(rotated(outline, -5), soft(tone))
            if kind == 0:
                sheet.fill(rotated(ellipse(x, y, 2.4), -5), lighter(tone, 0.6))
    peeled = ellipse(80, 70, 13)
    sheet.fill(moved(peeled, 0.8, 1.4), darker(PAPER, 0.3))
    sheet.fill(peeled, lighter(PAPER, 0.6))
    sheet.fill(ellipse(80, 70, 11.4), soft(look.main))
    sheet.fill(star(80, 70, 7, 3.2, 5), lighter(look.accent, 0.4))
    sheet.fill(path("M 70 79 Q 78 74 84 82.6 Q 76 84 70 79"), lighter(PAPER, 0.8))
