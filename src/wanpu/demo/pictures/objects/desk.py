"""图书文具: books, paper and things that write or paint."""

from wanpu.demo.pictures.colour import WHITE, Colour, colour, darker, lighter, mix
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.outline import Outline, arc, box, ellipse, moved, path, rotated, star
from wanpu.demo.pictures.sheet import Glow, Gradient, Sheet, ball, drum, soft

PAPER = colour("#f6eedd")
WOOD = colour("#d8b07c")
STEEL = colour("#b9bcc4")
BRASS = colour("#d0a85c")


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
