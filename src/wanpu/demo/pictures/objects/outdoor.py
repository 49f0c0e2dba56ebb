"""运动户外: camping, training and games."""

import math

from wanpu.demo.pictures.colour import WHITE, colour, darker, lighter
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.outline import SIDES, Outline, arc, box, ellipse, moved, path, rotated, symmetric
from wanpu.demo.pictures.sheet import Glow, Gradient, Sheet, ball, drum, soft

INK = colour("#2c2b36")
STEEL = colour("#b9bcc4")
GLOW = colour("#ffe2a0")


def tent(sheet: Sheet, look: Look) -> None:
    """A ridge tent with its door rolled open and a warm light inside."""
    sheet.fill(
        path("M 44 16 L 76 22 L 97 82 L 62 90"), Gradient((darker(look.main, 0.14), darker(look.main, 0.36)))
    )
    sheet.fill(
        path("M 44 16 L 6 86 L 62 90 Q 58 50 44 16"),
        Gradient((lighter(look.main, 0.34), look.main, darker(look.main, 0.1))),
    )
    door = path("M 43 32 Q 30 60 24 87.4 L 53 89.4 Q 52 60 43 32")
    sheet.fill(door, Glow(GLOW, darker(look.main, 0.5), (0.5, 0.78)))
    sheet.fill(path("M 43 32 Q 30 60 24 87.4 L 17 87 Q 26 58 43 32"), soft(look.accent))
    sheet.fill(path("M 43 32 Q 52 60 53 89.4 L 58 89.8 Q 56 58 43 32"), soft(darker(look.accent, 0.1)))
    sheet.stroke(path("M 30 60 Q 24 64 20 64"), 1.1, darker(look.accent, 0.4))
    sheet.fill(ellipse(39, 82, 4, 4.6), Glow(WHITE, GLOW))
    sheet.fill(path("M 70 34 L 79 36 L 84 52 L 75 51"), darker(look.main, 0.5))
    for x in (73, 77, 81):
        sheet.stroke(((x - 1.4, 35.4), (x + 1.6, 51.4)), 0.4, lighter(look.main, 0.2))
    for start, end in (((44, 16), (2, 70)), ((76, 22), (99, 64)), ((44, 16), (76, 22))):
        sheet.stroke((start, end), 0.9, lighter(look.accent, 0.3))
    for x, y in ((6, 86), (62, 90), (97, 82)):
        sheet.stroke(((x, y - 2), (x + 1, y + 4)), 1.4, STEEL)


def sleeping_bag(sheet: Sheet, look: Look) -> None:
    """A rolled sleeping bag with straps."""
    body = box(10, 36, 90, 90, 24)
    sheet.fill(
        body,
        Gradient(
            (
                lighter(look.main, 0.2),
                lighter(look.main, 0.34),
                look.main,
                darker(look.main, 0.2),
                darker(look.main, 0.3),
            )
        ),
    )
    for x in range(30, 90, 9):
        sheet.shade(
            path(f"M {x} 34 Q {x + 5} 63 {x} 92 L {x + 1.4} 92 Q {x + 6.4} 63 {x + 1.4} 34"),
            darker(look.main, 0.6),
            0.35,
            blur=0.5,
            within=body,
        )
    sheet.fill(ellipse(22, 63, 15, 27), darker(look.main, 0.16))
    for index in range(5):
        size = 1 - index * 0.2
        tone = look.accent if index % 2 == 0 else lighter(look.main, 0.2)
        sheet.fill(ellipse(22, 63, 13.4 * size, 25 * size), soft(tone))
    for x in (44, 70):
        sheet.fill(
            path(f"M {x} 35 Q {x + 6} 63 {x} 91 L {x + 6} 91 Q {x + 12} 63 {x + 6} 35"),
            Gradient((lighter(INK, 0.3), INK, INK)),
        )
        sheet.fill(box(x + 2.4, 56, x + 11, 66, 1.6), soft(look.accent))
    sheet.stroke(path("M 48 37 C 48 16 74 16 74 37"), 3.2, INK)


def lantern(sheet: Sheet, look: Look) -> None:
    """A camping lantern that is lit."""
    sheet.stroke(path("M 27 44 C 20 4 80 4 73 44"), 2.4, darker(STEEL, 0.3))
    sheet.fill(box(44, 13, 56, 18, 2), soft(look.accent))
    sheet.fill(symmetric("M 50 22 Q 34 23 30 36 L 50 36"), drum(look.main))
    glass = box(30, 35, 70, 72, 5)
    sheet.fill(glass, Glow(WHITE, colour("#f2bd62"), (0.5, 0.56)))
    sheet.fill(
        path("M 50 44 Q 60 56 56 64 Q 50 69 44 64 Q 40 56 50 44"), Glow(WHITE, colour("#ffd27a"), (0.5, 0.7))
    )
    for x in (33, 50, 67):
        sheet.stroke(((x, 36), (x, 72)), 1.3, darker(look.main, 0.3))
    for y in (36, 71):
        sheet.fill(box(27, y - 2, 73, y + 2.4, 1.6), drum(darker(look.main, 0.1)))
    sheet.fill(symmetric("M 50 73 L 28 73 L 24 87 Q 24 90 28 90 L 50 90"), drum(look.main))
    sheet.fill(ellipse(50, 81.6, 4), ball(look.accent))
    sheet.shade(box(32, 75, 34, 88, 1), WHITE, 0.4, blur=0.5)


def chair(sheet: Sheet, look: Look) -> None:
    """A folding camp chair."""
    for outline in (((28, 60), (76, 92)), ((72, 60), (24, 92))):
        sheet.stroke(outline, 3, darker(STEEL, 0.45))
    back = path("M 22 12 Q 50 18 78 12 L 75 54 Q 50 62 25 54")
    sheet.fill(back, Gradient((lighter(look.main, 0.2), look.main, darker(look.main, 0.12))))
    sheet.shade(path("M 20 12 Q 50 18 80 12 L 80 20 Q 50 26 20 20"), look.accent, 0.95, within=back)
    sheet.fill(
        path("M 24 52 Q 50 60 76 52 L 84 68 Q 50 76 16 68"),
        Gradient((darker(look.main, 0.26), look.main, lighter(look.main, 0.1))),
    )
    sheet.fill(path("M 16 68 Q 50 76 84 68 L 84 71.6 Q 50 79.6 16 71.6"), darker(look.main, 0.36))
    for side in SIDES:
        sheet.stroke(side(((22, 10), (20, 68))), 2.8, darker(STEEL, 0.3))
        sheet.stroke(side(((16, 68), (19, 92))), 2.8, darker(STEEL, 0.3))
        sheet.fill(side(box(11, 42, 25, 47, 2.4)), soft(look.accent))
        sheet.fill(side(ellipse(19, 92, 3, 1.7)), INK)
    sheet.stroke(path("M 36 26 Q 50 29 64 26"), 0.7, darker(look.main, 0.3))


def mat(sheet: Sheet, look: Look) -> None:
    """A half-rolled exercise mat with a carrying strap."""
    sheet.fill(path("M 30 74 L 96 58 L 98 62 L 40 92 L 22 92"), darker(look.main, 0.34))
    sheet.fill(
        path("M 28 72 L 94 55 L 98 60 L 38 90 L 20 89"),
        Gradient((lighter(look.main, 0.24), look.main), "across"),
    )
    for index in range(7):
        sheet.stroke(
            ((42 + index * 8, 70.6 - index * 2), (52 + index * 6.6, 81 - index * 3)),
            0.6,
            lighter(look.main, 0.42),
        )
    roll = path("M 18 30 L 70 12 Q 82 16 84 32 Q 84 42 78 48 L 30 90 Q 10 80 12 50 Q 12 36 18 30")
    sheet.fill(roll, Gradient((lighter(look.main, 0.3), look.main, darker(look.main, 0.24))))
    sheet.fill(ellipse(24, 60, 15, 30), darker(look.main, 0.16))
    for index in range(5):
        size = 1 - index * 0.2
        sheet.stroke(
            ellipse(24, 60, 14 * size, 28.4 * size),
            2,
            look.accent if index % 2 == 0 else lighter(look.main, 0.3),
            closed=True,
        )
    for x, y in ((44, 22), (62, 15.6)):
        sheet.stroke(
            path(f"M {x} {y} Q {x + 16} {y + 16} {x + 8} {y + 48 - (x - 44) * 0.9}"),
            3.4,
            darker(look.accent, 0.1),
        )
    sheet.stroke(path("M 50 26 C 66 2 84 12 72 24"), 2.6, look.accent)


def dumbbell(sheet: Sheet, look: Look) -> None:
    """A hexagonal dumbbell with a second behind it."""
    for shift_x, shift_y, tone in ((8, -26, darker(look.main, 0.14)), (0, 0, look.main)):

        def placed(outline: Outline, right: float = shift_x, down: float = shift_y) -> Outline:
            return rotated(moved(outline, right, down), -8)

        sheet.fill(
            placed(box(30, 61, 70, 69, 2.6)), Gradient((lighter(STEEL, 0.5), STEEL, darker(STEEL, 0.4)))
        )
        for x in range(38, 63, 2):
            sheet.fill(placed(box(x, 61, x + 0.6, 69)), darker(STEEL, 0.3))
        for left in (8, 66):
            block = path(
                f"M {left + 4} 46 L {left + 22} 46 L {left + 26} 56 L {left + 26} 74"
                f" L {left + 22} 84 L {left + 4} 84 L {left} 74 L {left} 56"
            )
            sheet.fill(placed(block), Gradient((lighter(tone, 0.34), tone, darker(tone, 0.3))))
            sheet.fill(placed(box(left, 58, left + 26, 72)), soft(lighter(tone, 0.08)))
            sheet.fill(placed(box(left + 10, 47, left + 16, 83)), look.accent)
            sheet.shade(placed(box(left + 3, 60, left + 7, 70, 1.5)), WHITE, 0.3, blur=0.8)


def basketball(sheet: Sheet, look: Look) -> None:
    """A ball with seams and grain."""
    body = ellipse(50, 50, 41)
    sheet.fill(body, Glow(lighter(look.main, 0.46), darker(look.main, 0.26), (0.34, 0.28)))
    for index in range(150):
        angle, distance = index * 2.39996, 39 * math.sqrt(index / 150)
        sheet.shade(
            ellipse(50 + distance * math.cos(angle), 50 + distance * math.sin(angle), 0.8),
            darker(look.main, 0.6),
            0.22,
        )
    for seam in (
        arc(50, 50, 41, 41, (0, 360)),
        path("M 21 21 Q 56 44 80 78"),
        path("M 80 21 Q 46 36 20 78"),
        path("M 9 52 Q 46 66 91 44"),
        path("M 44 9 Q 70 50 54 91"),
    ):
        sheet.stroke(seam, 1.7, darker(look.accent, 0.3))
    sheet.shade(ellipse(36, 30, 9, 7), WHITE, 0.4, blur=3.5, within=body)


def racket(sheet: Sheet, look: Look) -> None:
    """A badminton racket and a shuttlecock."""
    turn = 34
    for outline, tone in (
        (box(48.6, 48, 51.4, 78, 1), darker(STEEL, 0.2)),
        (box(46.6, 74, 53.4, 100, 2.6), look.accent),
    ):
        sheet.fill(rotated(outline, turn), drum(tone))
    for y in range(77, 99, 4):
        sheet.stroke(rotated(((46.8, y + 2), (53.2, y)), turn), 0.9, darker(look.accent, 0.34))
    for step in range(-16, 17, 3):
        reach = 24 * math.sqrt(1 - (step / 19) ** 2)
        sheet.stroke(
            rotated(((50 + step, 26 - reach), (50 + step, 26 + reach)), turn), 0.4, lighter(STEEL, 0.7)
        )
    for step in range(-21, 22, 3):
        reach = 19 * math.sqrt(1 - (step / 24.5) ** 2)
        sheet.stroke(
            rotated(((50 - reach, 26 + step), (50 + reach, 26 + step)), turn), 0.4, lighter(STEEL, 0.7)
        )
    sheet.stroke(rotated(ellipse(50, 26, 19.5, 24.5), turn), 3.2, darker(look.main, 0.2), closed=True)
    sheet.stroke(rotated(ellipse(49.6, 25.6, 19.6, 24.6), turn), 1.6, lighter(look.main, 0.2), closed=True)
    sheet.fill(rotated(path("M 46.6 50 L 48.6 60 L 51.4 60 L 53.4 50"), turn), drum(look.main))
    for index in range(7):
        feather = path("M 74 78 L 70.6 58 Q 74 54 77.4 58")
        sheet.fill(
            rotated(feather, (index - 3) * 9 - 28, (74, 82)),
            Gradient((WHITE, darker(WHITE, 0.07 + index % 2 * 0.06))),
        )
    sheet.stroke(rotated(path("M 67 70 Q 74 66 81 70"), -28, (74, 82)), 0.8, look.accent)
    sheet.fill(
        rotated(path("M 69 80 L 79 80 Q 79 90 74 90 Q 69 90 69 80"), -28, (74, 82)), drum(lighter(STEEL, 0.5))
    )
    sheet.fill(rotated(box(68.6, 78, 79.4, 81.4, 1), -28, (74, 82)), look.main)


def helmet(sheet: Sheet, look: Look) -> None:
    """A cycling helmet with vents and straps."""
    for line in ("M 24 62 Q 34 78 46 88", "M 62 64 Q 54 78 46 88", "M 80 62 Q 66 82 46 88"):
        sheet.stroke(path(line), 2, INK)
    sheet.fill(box(41, 85, 52, 92, 2), soft(look.accent))
    shell = path("M 6 58 C 4 30 30 12 56 14 C 82 16 96 36 95 56 Q 94 64 84 64 L 18 66 Q 7 66 6 58")
    sheet.fill(shell, Glow(lighter(look.main, 0.46), darker(look.main, 0.28), (0.36, 0.26)))
    for vent in (
        "M 22 50 Q 28 30 44 24 Q 34 36 32 52",
        "M 40 52 Q 42 32 56 22 Q 52 38 51 53",
        "M 58 53 Q 58 34 66 24 Q 70 38 68 53",
        "M 75 52 Q 76 38 76 30 Q 86 40 85 52",
    ):
        sheet.fill(path(vent), Gradient((darker(look.main, 0.72), darker(look.main, 0.5))))
    sheet.shade(path("M 4 58 Q 50 50 97 56 L 97 62 Q 50 57 4 64"), look.accent, 0.95, within=shell)
    sheet.fill(path("M 6 62 Q 50 58 94 60 Q 93 66 84 66 L 18 68 Q 7 67 6 62"), darker(look.main, 0.6))
    sheet.shade(path("M 14 44 Q 22 26 40 20 Q 26 32 20 46"), WHITE, 0.5, blur=0.9, within=shell)


def flask(sheet: Sheet, look: Look) -> None:
    """A steel bottle with a loop lid."""
    sheet.stroke(path("M 42 16 C 42 4 58 4 58 16"), 3, darker(look.accent, 0.2))
    sheet.fill(box(39, 13, 61, 25, 2.4), drum(look.accent))
    sheet.fill(box(37, 24, 63, 28, 1), drum(STEEL))
    body = symmetric("M 50 28 L 38 28 Q 31 34 31 44 L 31 86 Q 31 90 36 90 L 50 90")
    sheet.fill(body, drum(look.main))
    sheet.fill(box(31, 82, 69, 90, 3), drum(darker(look.accent, 0.05)))
    mountain = path("M 28 72 L 41 56 L 48 63 L 57 51 L 73 70 L 73 78 L 28 78")
    sheet.shade(mountain, lighter(look.main, 0.65), 0.6, within=body)
    sheet.shade(ellipse(44, 47, 3.4), lighter(look.main, 0.75), 0.8, within=body)
    sheet.shade(box(34.6, 40, 37.2, 80, 1.3), WHITE, 0.5, blur=0.6)


def rope(sheet: Sheet, look: Look) -> None:
    """A skipping rope."""
    line = path("M 24 24 C 2 60 20 96 50 88 C 86 78 92 40 64 36 C 40 33 30 58 52 66 C 76 74 92 54 78 24")
    sheet.stroke(line, 3.2, darker(look.accent, 0.3))
    sheet.stroke(moved(line, -0.4, -0.5), 1.9, lighter(look.accent, 0.15))
    for x, turn in ((26, -14), (76, 12)):
        sheet.fill(rotated(box(x - 4.4, 4, x + 4.4, 30, 4), turn, (x, 18)), drum(look.main))
        for y in (10, 14, 18, 22):
            sheet.fill(rotated(box(x - 4.4, y, x + 4.4, y + 1.3), turn, (x, 18)), darker(look.main, 0.32))
        sheet.fill(rotated(box(x - 3, 28, x + 3, 33, 1), turn, (x, 18)), drum(STEEL))
