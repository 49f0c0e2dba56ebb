"""母婴: feeding, clothes, toys and going out with a baby."""

from wanpu.demo.pictures.colour import WHITE, colour, darker, lighter, mix
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.outline import SIDES, arc, box, ellipse, moved, path, rotated, star, symmetric
from wanpu.demo.pictures.sheet import Glow, Gradient, Sheet, ball, drum, soft

MILK = colour("#fbf4e8")
INK = colour("#3b3440")
WOOD = colour("#d8b07c")
SAGE = colour("#9db79a")
SUN = colour("#ecc069")


def bottle(sheet: Sheet, look: Look) -> None:
    """A feeding bottle with a scale and two handles."""
    sheet.fill(symmetric("M 50 6 Q 45 6 45 12 Q 45 17 40 21 L 40 25 L 50 25"), drum(mix(SUN, MILK, 0.45)))
    sheet.fill(box(33, 23, 67, 36, 3), drum(look.main))
    for x in range(35, 67, 4):
        sheet.shade(box(x, 25, x + 1.2, 35), darker(look.main, 0.6), 0.24)
    for side in SIDES:
        sheet.stroke(side(path("M 32 44 C 12 42 12 74 31 72")), 4.4, darker(look.accent, 0.1))
        sheet.stroke(side(path("M 31.4 43.4 C 12 42 12 72 30.4 71")), 2, lighter(look.accent, 0.3))
    body = symmetric("M 50 36 L 36 36 Q 28 40 28 50 L 30 58 L 28 66 L 28 84 Q 28 90 36 90 L 50 90")
    sheet.fill(body, drum(mix(look.main, WHITE, 0.72), 0.8))
    milk = path("M 24 54 Q 50 57 76 54 L 76 94 L 24 94")
    sheet.shade(milk, MILK, 0.92, within=body)
    sheet.shade(box(60, 36, 72, 92), darker(look.main, 0.5), 0.16, blur=3, within=body)
    for index in range(6):
        sheet.stroke(((58 if index % 2 else 54, 60 + index * 4.6), (65, 60 + index * 4.6)), 0.8, look.main)
    sheet.fill(star(42, 74, 6, 2.8, 5), look.accent)
    sheet.shade(box(31.4, 46, 33.8, 84, 1.2), WHITE, 0.9, blur=0.4)


def plate(sheet: Sheet, look: Look) -> None:
    """A divided silicone plate with a bear face, and a spoon."""
    for x in (22, 62):
        sheet.fill(ellipse(x, 24, 12), soft(darker(look.main, 0.06)))
        sheet.fill(ellipse(x, 24, 7), lighter(look.main, 0.3))
    sheet.fill(ellipse(42, 55.6, 39, 35), darker(look.main, 0.3))
    sheet.fill(ellipse(42, 53, 39, 35), Glow(lighter(look.main, 0.34), look.main, (0.42, 0.36)))
    for part in (
        "M 9 50 Q 12 26 40 24 L 40 50",
        "M 44 24 Q 72 26 75 50 L 44 50",
        "M 9 55 L 75 55 Q 70 84 42 84 Q 14 84 9 55",
    ):
        sheet.fill(path(part), Gradient((darker(look.main, 0.2), darker(look.main, 0.04))))
    for x, y, tone in (
        (24, 40, "#e58a5a"),
        (31, 36, "#e58a5a"),
        (28, 44, "#e58a5a"),
        (54, 38, "#8fae5c"),
        (61, 43, "#8fae5c"),
        (55, 45, "#8fae5c"),
    ):
        sheet.fill(ellipse(x, y, 4, 3.4), ball(colour(tone)))
    sheet.fill(
        path("M 20 66 Q 42 56 64 66 Q 60 78 42 78 Q 24 78 20 66"),
        Glow(lighter(MILK, 0.7), darker(MILK, 0.08)),
    )
    sheet.fill(rotated(ellipse(86, 26, 8, 11), 8, (86, 50)), Glow(lighter(look.accent, 0.4), look.accent))
    sheet.fill(rotated(box(84, 34, 88, 88, 2), 8, (86, 50)), drum(look.accent))


def romper(sheet: Sheet, look: Look) -> None:
    """A baby's bodysuit with a printed bear."""
    sheet.fill(symmetric("M 50 12 L 37 12 Q 42 26 50 26"), darker(look.main, 0.36))
    body = symmetric(
        "M 50 25 Q 41 25 36 11 L 26 15 L 8 34 L 18 47 L 28 40 Q 26 62 28 70 Q 34 74 40 86 L 42 91 L 50 91"
    )
    sheet.fill(body, Glow(lighter(look.main, 0.4), darker(look.main, 0.08), (0.42, 0.36)))
    for y in range(14, 92, 8):
        sheet.shade(
            path(f"M 0 {y} Q 50 {y + 4} 100 {y} L 100 {y + 2.6} Q 50 {y + 6.6} 0 {y + 2.6}"),
            lighter(look.accent, 0.2),
            0.35,
            within=body,
        )
    sheet.stroke(path("M 36 11.6 Q 41 26 50 26 Q 59 26 64 11.6"), 2.4, look.accent)
    for side in SIDES:
        sheet.stroke(side(((8.6, 34), (18.2, 46))), 2.4, look.accent)
        sheet.stroke(side(path("M 28.4 70 Q 35 75 41 88")), 2.4, look.accent)
    for ear in (42, 58):
        sheet.fill(ellipse(ear, 42, 4.6), look.accent)
    sheet.fill(ellipse(50, 50, 11.4, 10), soft(look.accent))
    sheet.fill(ellipse(50, 53.4, 5, 4), lighter(look.accent, 0.65))
    for eye in (45.6, 54.4):
        sheet.fill(ellipse(eye, 47.4, 1.1), INK)
    sheet.fill(ellipse(50, 52, 1.5, 1), INK)
    for button in (45, 50, 55):
        sheet.fill(ellipse(button, 88.6, 1.4), ball(lighter(look.accent, 0.4)))


def blocks(sheet: Sheet, look: Look) -> None:
    """Wooden building blocks stacked into a small castle."""
    pieces = (
        (box(12, 68, 36, 90, 1.6), look.main),
        (box(64, 68, 88, 90, 1.6), look.accent),
        (path("M 37 90 L 37 68 L 63 68 L 63 90 L 57 90 Q 57 77 50 77 Q 43 77 43 90"), SAGE),
        (box(12, 60, 88, 67.4, 1.6), WOOD),
        (box(22, 38, 34, 59.4, 1.6), SUN),
        (box(66, 38, 78, 59.4, 1.6), look.main),
        (box(38, 45, 62, 59.4, 1.6), mix(look.accent, WHITE, 0.3)),
        (path("M 19 37.4 L 28 22 L 37 37.4"), look.accent),
        (path("M 63 37.4 L 72 22 L 81 37.4"), SAGE),
        (path("M 38 44.4 Q 38 30 50 30 Q 62 30 62 44.4"), look.main),
    )
    for outline, tone in pieces:
        sheet.fill(outline, Gradient((lighter(tone, 0.28), tone, darker(tone, 0.16)), "across"))
    for x in (17, 24, 31):
        sheet.shade(box(x, 71, x + 0.8, 88), darker(look.main, 0.5), 0.25)
    sheet.fill(ellipse(50, 52, 4.4), lighter(WOOD, 0.6))
    sheet.fill(star(50, 52, 3.6, 1.6, 5), look.main)
    sheet.fill(ellipse(50, 25, 4.6), ball(SUN))
    sheet.stroke(((50, 20), (50, 6)), 1.2, WOOD)
    sheet.fill(path("M 50.6 6 L 64 10 L 50.6 14"), soft(look.accent))
    sheet.fill(ellipse(8, 85, 5), ball(look.accent))


def bear(sheet: Sheet, look: Look) -> None:
    """A seated plush bear with a bow."""
    for side in SIDES:
        sheet.fill(side(ellipse(31, 16, 10)), ball(look.main))
        sheet.fill(side(ellipse(31, 16.6, 5.4)), lighter(look.main, 0.42))
        sheet.fill(side(rotated(ellipse(24, 60, 8, 15), 28, (24, 60))), ball(darker(look.main, 0.05)))
    sheet.fill(ellipse(50, 68, 25, 23), Glow(lighter(look.main, 0.4), darker(look.main, 0.16), (0.42, 0.34)))
    sheet.fill(ellipse(50, 70, 15, 15), lighter(look.main, 0.5))
    for side in SIDES:
        sheet.fill(side(ellipse(29, 82, 13, 10.4)), ball(look.main))
        sheet.fill(side(ellipse(26, 83, 6.4, 5.6)), lighter(look.main, 0.46))
    sheet.shade(ellipse(50, 50, 22, 8), darker(look.main, 0.7), 0.3, blur=3)
    sheet.fill(ellipse(50, 30, 25, 22), Glow(lighter(look.main, 0.46), darker(look.main, 0.12), (0.4, 0.3)))
    sheet.fill(ellipse(50, 38, 10.6, 8.4), lighter(look.main, 0.58))
    for x in (40.6, 59.4):
        sheet.fill(ellipse(x, 29, 2.2), INK)
        sheet.fill(ellipse(x - 0.6, 28.2, 0.7), WHITE)
    sheet.fill(ellipse(50, 34.6, 3.2, 2.3), INK)
    sheet.stroke(path("M 45 40 Q 47.6 43 50 40 Q 52.4 43 55 40"), 0.9, INK)
    for x in (35, 65):
        sheet.shade(ellipse(x, 36, 4.4, 3), colour("#e58a7a"), 0.5, blur=1.6)
    for side in SIDES:
        sheet.fill(side(path("M 50 54 Q 38 46 33 51 Q 32 58 36 61 Q 44 60 50 54")), soft(look.accent))
    sheet.fill(ellipse(50, 54.4, 3.6, 3.2), ball(darker(look.accent, 0.1)))


def stroller(sheet: Sheet, look: Look) -> None:
    """A light folding pram with an open hood."""
    for outline in (((24, 56), (72, 84)), ((66, 58), (28, 84)), ((70, 56), (88, 26))):
        sheet.stroke(outline, 2.8, darker(INK, 0.1))
    sheet.stroke(((84, 25), (95, 24)), 4, look.accent)
    sheet.fill(
        path("M 14 46 Q 14 66 34 67 L 60 67 Q 74 66 76 46"),
        Gradient((lighter(look.main, 0.1), look.main, darker(look.main, 0.2))),
    )
    sheet.fill(path("M 12 43 L 78 43 L 77 50 L 13 50"), soft(lighter(look.main, 0.3)))
    hood = path("M 46 44 L 40 10 C 62 8 80 22 78 44")
    sheet.fill(hood, Gradient((lighter(look.main, 0.24), look.main, darker(look.main, 0.18))))
    for line in ("M 46 44 L 55 11.6", "M 46 44 L 68 18", "M 46 44 L 76 31"):
        sheet.stroke(path(line), 0.8, darker(look.main, 0.3))
    sheet.stroke(path("M 40 10.4 L 46 43"), 2.4, look.accent)
    sheet.fill(path("M 20 43 Q 22 34 34 35 Q 43 36 44 43"), soft(MILK, 0.7))
    sheet.fill(ellipse(46, 44, 3.4), ball(look.accent))
    for x, radius in ((27, 10), (73, 10)):
        sheet.fill(ellipse(x, 83, radius), INK)
        sheet.fill(ellipse(x, 83, radius - 2.6), colour("#cfc8c4"))
        for turn in range(0, 180, 36):
            sheet.stroke(
                rotated(((x - radius + 3, 83), (x + radius - 3, 83)), turn, (x, 83)),
                0.9,
                darker(look.main, 0.1),
            )
        sheet.fill(ellipse(x, 83, 2.4), ball(look.accent))


def rings(sheet: Sheet, look: Look) -> None:
    """A wooden ring stacker."""
    sheet.fill(box(18, 84, 82, 90, 3), soft(WOOD))
    sheet.fill(box(47.4, 14, 52.6, 84, 2), drum(WOOD))
    tones = (look.main, SUN, SAGE, look.accent, mix(look.main, WHITE, 0.45))
    for index, tone in enumerate(tones):
        half, top = 31 - index * 4, 70.4 - index * 12
        sheet.fill(box(50 - half, top, 50 + half, top + 13.4, 6.4), drum(tone))
        sheet.shade(box(50 - half + 4, top + 2.4, 50 + half * 0.3, top + 4.4, 1), WHITE, 0.4, blur=0.6)
    sheet.fill(ellipse(50, 13, 8.4), ball(look.main))
    for x in (47, 53):
        sheet.fill(ellipse(x, 12, 0.9), INK)
    sheet.stroke(arc(50, 13.4, 3, 2.6, (20, 160)), 0.8, INK)
    sheet.fill(ellipse(88, 85, 5.4), ball(look.accent))


def train(sheet: Sheet, look: Look) -> None:
    """A wooden toy train with a wagon of shapes."""
    sheet.stroke(((40, 75), (58, 75)), 2, darker(WOOD, 0.4))
    sheet.fill(box(4, 60, 42, 78, 2), soft(SUN))
    for outline, tone in (
        (box(8, 44, 20, 60, 1.4), SAGE),
        (path("M 21 60 L 29 44 L 37 60"), look.accent),
        (ellipse(14, 38, 6), look.main),
    ):
        sheet.fill(outline, Gradient((lighter(tone, 0.3), tone, darker(tone, 0.14)), "across"))
    sheet.fill(box(54, 62, 97, 79, 2.4), soft(darker(look.main, 0.08)))
    sheet.fill(box(54, 34, 74, 64, 2), soft(look.main))
    sheet.fill(box(50, 28, 78, 35, 2), soft(look.accent))
    sheet.fill(box(58, 40, 70, 52, 1.6), Gradient((colour("#cfe3e6"), colour("#eef4ef"))))
    sheet.fill(box(74, 46, 95, 66, 5), soft(lighter(look.main, 0.14)))
    sheet.fill(path("M 82 46 L 80 34 L 92 34 L 90 46"), drum(look.accent))
    sheet.fill(box(78, 31, 94, 35, 1.4), drum(darker(look.accent, 0.14)))
    sheet.fill(ellipse(94.6, 55, 3), ball(SUN))
    for x, y, radius in ((86, 22, 5), (79, 15, 6), (69, 9, 4.6)):
        sheet.fill(ellipse(x, y, radius), Glow(WHITE, colour("#e8dfd6")))
    for x, radius in ((13, 7.4), (33, 7.4), (64, 8.4), (87, 8.4)):
        sheet.fill(ellipse(x, 82, radius), soft(darker(WOOD, 0.22)))
        sheet.fill(ellipse(x, 82, radius * 0.66), soft(lighter(WOOD, 0.24)))
        sheet.fill(ellipse(x, 82, radius * 0.24), look.accent)


def rattle(sheet: Sheet, look: Look) -> None:
    """A rattle with a smiling sun and a teething ring."""
    sheet.fill(rotated(box(47, 46, 53, 76, 2.6), 24), drum(WOOD))
    sheet.stroke(rotated(ellipse(50, 84, 10), 24), 5, look.accent, closed=True)
    for turn in range(0, 360, 36):
        sheet.fill(rotated(ellipse(60, 8, 5.4, 6), turn, (60, 30)), ball(look.accent))
    sheet.fill(ellipse(60, 30, 21), ball(look.main))
    for x in (53, 67):
        sheet.fill(ellipse(x, 27, 2), INK)
        sheet.fill(ellipse(x - 0.6, 26.4, 0.7), WHITE)
        sheet.shade(ellipse(x + (x - 60) * 0.5, 34, 3.4, 2.4), colour("#e5766a"), 0.5, blur=1.2)
    sheet.stroke(arc(60, 31, 6, 5, (20, 160)), 1.3, INK)
    for index, tone in enumerate((SUN, SAGE, look.main)):
        sheet.fill(moved(ellipse(20, 60, 6.4), index * 1.5, index * 13 - 12), ball(tone))
    sheet.stroke(path("M 20 38 Q 16 62 22 84"), 0.9, darker(WOOD, 0.2))
