"""数码: things to listen to, to type on and to charge."""

from wanpu.demo.pictures.colour import WHITE, colour, darker, lighter, mix
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.outline import (
    SIDES,
    arc,
    box,
    ellipse,
    moved,
    path,
    rotated,
    scaled,
    star,
    symmetric,
)
from wanpu.demo.pictures.sheet import Glow, Gradient, Sheet, ball, drum, soft

INK = colour("#2c2b36")
STEEL = colour("#b9bcc4")


def headphones(sheet: Sheet, look: Look) -> None:
    """Closed over-ear headphones, seen from the front."""
    sheet.stroke(arc(50, 52, 35, 40, (186, 354)), 7.5, darker(look.main, 0.22))
    sheet.stroke(arc(50, 51, 35.6, 40.6, (190, 350)), 4.6, lighter(look.main, 0.1))
    sheet.stroke(arc(50, 51.6, 33.4, 38.4, (222, 318)), 4.4, darker(look.accent, 0.1))
    for side in SIDES:
        sheet.fill(side(box(13, 46, 18.5, 66, 2.6)), drum(STEEL))
        sheet.fill(side(box(24, 50, 35, 88, 5.5)), drum(darker(look.accent, 0.14)))
        cup = side(
            path("M 25 48 C 10 48 8 58 8 69 C 8 80 10 90 25 90 C 29 90 30 86 30 69 C 30 52 29 48 25 48")
        )
        sheet.fill(cup, drum(look.main))
        sheet.shade(side(path("M 12 58 Q 15 52 20 51 Q 15 58 14 70 Q 12 66 12 58")), WHITE, 0.5, blur=0.9)
        sheet.fill(
            side(ellipse(18.4, 69, 4.6, 9.5)), Gradient((darker(look.main, 0.2), lighter(look.main, 0.2)))
        )
        sheet.fill(side(ellipse(18.4, 69, 2, 5.4)), look.accent)


def earbuds(sheet: Sheet, look: Look) -> None:
    """Two true wireless earbuds above their open charging case."""
    sheet.fill(box(15, 36, 85, 70, 15), soft(darker(look.main, 0.1)))
    sheet.fill(box(19, 40, 81, 70, 12), Gradient((darker(look.main, 0.32), darker(look.main, 0.16))))
    for side in SIDES:
        sheet.fill(
            side(path("M 31 26 L 41 30 L 38 62 Q 37 66 34.6 66 Q 31.6 66 31.8 61")),
            drum(lighter(look.main, 0.16)),
        )
        sheet.fill(side(ellipse(33, 25, 11, 10.5)), ball(lighter(look.main, 0.16)))
        sheet.fill(side(rotated(ellipse(23.4, 22, 4.6, 6.4), 24, (23, 22))), ball(look.accent))
        sheet.fill(side(box(34.4, 40, 36.2, 50, 0.9)), darker(look.main, 0.5))
    body = path("M 13 62 L 87 62 C 88 84 80 90 66 90 L 34 90 C 20 90 12 84 13 62")
    sheet.fill(body, drum(look.main))
    sheet.fill(path("M 13 61 L 87 61 L 87 65 L 13 65"), drum(lighter(look.main, 0.25)))
    sheet.fill(ellipse(50, 75, 1.7), colour("#7fd6a5"))
    sheet.shade(path("M 19 69 Q 21 81 32 85 Q 26 79 24 69"), WHITE, 0.45, blur=0.9)


def speaker(sheet: Sheet, look: Look) -> None:
    """A fabric-covered loudspeaker with a leather loop."""
    sheet.stroke(path("M 66 22 C 78 4 96 12 86 34"), 3.2, look.accent)
    body = box(20, 12, 80, 90, 20)
    sheet.fill(body, drum(look.main))
    for row in range(26):
        sheet.shade(box(20, 22 + row * 2.4, 80, 22.9 + row * 2.4), darker(look.main, 0.55), 0.26, within=body)
    for column in range(25):
        sheet.shade(
            box(20.6 + column * 2.4, 22, 21.3 + column * 2.4, 84), lighter(look.main, 0.6), 0.14, within=body
        )
    sheet.fill(
        path("M 20 32 C 20 18 28 12 40 12 L 60 12 C 72 12 80 18 80 32 L 80 27 Q 66 22 50 22 Q 34 22 20 27"),
        drum(darker(look.main, 0.12)),
    )
    sheet.fill(ellipse(50, 15.5, 22, 2.6), Gradient((lighter(look.main, 0.3), darker(look.main, 0.1))))
    for x in (42, 50, 58):
        sheet.fill(ellipse(x, 15.5, 1.6, 0.7), darker(look.main, 0.5))
    sheet.fill(box(44, 70, 56, 76, 1.4), soft(look.accent))
    sheet.shade(box(26, 26, 31, 76, 2.5), WHITE, 0.3, blur=1.8, within=body)


def keyboard(sheet: Sheet, look: Look) -> None:
    """A compact mechanical keyboard, tilted."""
    turn = -12

    def tilted(
        left: float, top: float, right: float, bottom: float, radius: float
    ) -> tuple[tuple[float, float], ...]:
        return scaled(rotated(box(left, top, right, bottom, radius), turn), 0.94)

    sheet.fill(moved(tilted(3, 31, 97, 72, 4.5), 0, 3), darker(look.main, 0.4))
    sheet.fill(tilted(3, 31, 97, 72, 4.5), soft(darker(look.main, 0.06)))
    sheet.fill(tilted(6, 34, 94, 69, 2.4), darker(look.main, 0.42))
    rows = (
        (1,) * 12,
        (1.5, *(1,) * 9, 1.5),
        (1.75, *(1,) * 8, 2.25),
        (2.25, *(1,) * 7, 2.75),
        (1.25, 1.25, 1.25, 5, 1, 1, 1.25),
    )
    for row, widths in enumerate(rows):
        left, top = 7.0, 35.0 + row * 6.7
        unit = 86 / sum(widths)
        for index, width in enumerate(widths):
            special = index in (0, len(widths) - 1) or (row == 4 and index != 3)
            tone = (
                look.accent
                if (row, index) in ((0, 0), (3, len(widths) - 1))
                else lighter(look.main, 0.12 if special else 0.4)
            )
            right = left + width * unit
            sheet.fill(tilted(left + 0.4, top + 0.3, right - 0.4, top + 6.1, 1.3), darker(tone, 0.22))
            sheet.fill(tilted(left + 1.1, top + 0.4, right - 1.1, top + 4.9, 1.2), lighter(tone, 0.18))
            left = right
    sheet.stroke(path("M 30 37 C 28 20 44 22 42 8"), 1.9, look.accent)


def mouse(sheet: Sheet, look: Look) -> None:
    """A palm-sized mouse from above."""
    body = symmetric("M 50 10 C 30 10 24 26 24 46 C 24 62 22 90 50 90")
    sheet.fill(body, Glow(lighter(look.main, 0.42), darker(look.main, 0.2), (0.38, 0.3)))
    sheet.fill(
        path("M 24.2 44 Q 24 24 35 15 Q 30 30 31 52 Q 32 76 40 89 Q 22 84 24.2 44"),
        drum(darker(look.main, 0.14)),
    )
    sheet.stroke(path("M 25 47 Q 50 56 75 47"), 0.9, darker(look.main, 0.3))
    sheet.stroke(((50, 10.6), (50, 51)), 0.9, darker(look.main, 0.3))
    sheet.fill(box(46.4, 21, 53.6, 40, 3.6), darker(look.main, 0.45))
    sheet.fill(
        box(47.7, 23, 52.3, 38, 2.3),
        Gradient((darker(look.accent, 0.3), lighter(look.accent, 0.3), darker(look.accent, 0.3))),
    )
    for y in range(25, 38, 2):
        sheet.fill(box(47.7, y, 52.3, y + 0.6), darker(look.accent, 0.35))
    sheet.shade(ellipse(60, 70, 9, 13), WHITE, 0.22, blur=4, within=body)
    sheet.fill(ellipse(50, 76, 2.2), look.accent)


def stand(sheet: Sheet, look: Look) -> None:
    """A folding metal stand that holds an open laptop."""
    sheet.fill(path("M 24 86 L 76 86 L 82 90 L 18 90"), drum(look.main))
    for side in SIDES:
        sheet.fill(side(path("M 30 87 L 24 60 L 30 59 L 37 87")), drum(lighter(look.main, 0.05)))
        sheet.fill(side(ellipse(28, 61, 3.4)), ball(darker(look.main, 0.16)))
    sheet.fill(box(20, 10, 80, 52, 3), darker(STEEL, 0.5))
    screen = box(22, 12, 78, 50, 1.6)
    sheet.fill(screen, Gradient((mix(look.accent, WHITE, 0.35), look.accent, mix(look.accent, INK, 0.4))))
    sheet.shade(ellipse(64, 24, 7), WHITE, 0.6, within=screen)
    sheet.shade(path("M 18 52 L 34 32 L 44 42 L 56 26 L 84 52"), INK, 0.35, within=screen)
    sheet.shade(path("M 18 52 L 30 42 L 42 50 L 60 38 L 84 54"), INK, 0.35, within=screen)
    sheet.fill(path("M 20 52 L 80 52 L 88 62 L 12 62"), soft(STEEL))
    sheet.fill(path("M 24 53.4 L 76 53.4 L 80 58 L 20 58"), darker(STEEL, 0.5))
    sheet.fill(path("M 12 62 L 88 62 L 87 65 L 13 65"), darker(STEEL, 0.3))


def power_bank(sheet: Sheet, look: Look) -> None:
    """A slim power bank with a charge display and a short cable."""
    sheet.stroke(path("M 60 14 C 60 2 82 2 84 18 C 86 34 80 42 80 50"), 3, look.accent)
    sheet.fill(box(76.8, 48, 83.2, 58, 1.6), drum(darker(look.accent, 0.2)))
    sheet.fill(box(78, 58, 82, 63, 0.7), drum(STEEL))
    sheet.fill(box(28, 12, 72, 90, 8), drum(darker(look.main, 0.3)))
    face = box(24, 12, 69, 90, 8)
    sheet.fill(face, Gradient((lighter(look.main, 0.35), look.main, darker(look.main, 0.2)), "across"))
    sheet.fill(box(32, 20, 61, 36, 3), INK)
    for index in range(4):
        sheet.fill(
            box(35 + index * 6.2, 24, 39.4 + index * 6.2, 32, 1),
            colour("#8fe0b0") if index < 3 else darker(STEEL, 0.55),
        )
    for row in range(11):
        sheet.shade(box(32, 44 + row * 3.4, 61, 45.1 + row * 3.4, 0.5), darker(look.main, 0.6), 0.22)
    sheet.shade(box(27, 16, 29.4, 84, 1.2), WHITE, 0.55, blur=0.5)
    sheet.fill(box(52, 10.6, 64, 13.4, 1.3), darker(look.main, 0.45))


def cable(sheet: Sheet, look: Look) -> None:
    """A coiled braided cable with two plugs."""
    ends = (
        path("M 30 74 C 10 60 12 20 50 20 C 86 20 92 62 66 76"),
        path("M 70 78 C 90 60 84 30 50 30 C 20 30 18 58 34 70"),
    )
    for line in (*ends, ellipse(50, 50, 29, 27)):
        sheet.stroke(line, 5.2, darker(look.main, 0.3))
        sheet.stroke(moved(line, -0.4, -0.5), 3.6, lighter(look.main, 0.12))
        for index in range(0, len(line) - 1, 2):
            x, y = line[index]
            sheet.fill(ellipse(x, y, 0.9), lighter(look.main, 0.55))
    sheet.fill(rotated(box(66, 40, 86, 50, 3), -60, (76, 45)), soft(look.accent))
    for x, turn in ((28, 24), (72, -24)):
        plug = (
            box(x - 5, 70, x + 5, 86, 3),
            box(x - 3.2, 86, x + 3.2, 94, 1.4),
            box(x - 2, 88, x + 2, 94, 0.8),
        )
        for part, tone in zip(plug, (look.accent, STEEL, darker(STEEL, 0.35)), strict=True):
            sheet.fill(rotated(part, turn, (x, 74)), drum(tone))


def cord_clip(sheet: Sheet, look: Look) -> None:
    """A leather clip with a brass snap that holds a bundle of cables."""
    for shift, tone in ((-7, darker(STEEL, 0.2)), (0, lighter(STEEL, 0.4)), (7, darker(STEEL, 0.42))):
        line = path(
            f"M 8 {62 + shift} C 24 {44 + shift} 34 {52 + shift} 50 {50 + shift}"
            f" C 66 {48 + shift} 78 {58 + shift} 92 {40 + shift}"
        )
        sheet.stroke(line, 5.4, darker(tone, 0.25))
        sheet.stroke(moved(line, 0, -0.7), 3.2, tone)
    strap = rotated(box(39, 14, 61, 86, 11), 8)
    sheet.fill(moved(strap, 1, 1.4), darker(look.main, 0.42))
    sheet.fill(
        strap,
        Gradient((lighter(look.main, 0.2), lighter(look.main, 0.34), look.main, darker(look.main, 0.2))),
    )
    sheet.stroke(rotated(box(41.6, 16.6, 58.4, 83.4, 8.6), 8), 0.6, lighter(look.accent, 0.2), closed=True)
    for y in (25, 75):
        sheet.fill(rotated(ellipse(50, y, 6.4), 8), darker(look.accent, 0.3))
        sheet.fill(rotated(ellipse(50, y, 5.6), 8), ball(look.accent))
        sheet.stroke(rotated(ellipse(50, y, 3.4), 8), 0.5, darker(look.accent, 0.2), closed=True)
    sheet.shade(rotated(box(39, 40, 61, 62), 8), darker(look.main, 0.7), 0.28, blur=3, within=strap)
    sheet.shade(rotated(box(42.4, 30, 44.4, 70, 1), 8), WHITE, 0.3, blur=0.6, within=strap)


def watch(sheet: Sheet, look: Look) -> None:
    """A square smartwatch that shows rings of activity."""
    sheet.fill(symmetric("M 50 4 L 37 4 Q 33 18 30 28 L 50 28"), drum(look.main))
    sheet.fill(symmetric("M 50 72 L 30 72 Q 33 84 37 96 L 50 96"), drum(look.main))
    for y in (78, 83, 88):
        sheet.fill(ellipse(50, y, 1.4), darker(look.main, 0.5))
    sheet.fill(box(76, 42, 81, 54, 2), drum(darker(STEEL, 0.15)))
    sheet.fill(box(22, 22, 78, 78, 15), Gradient((lighter(STEEL, 0.5), STEEL, darker(STEEL, 0.35)), "across"))
    screen = box(25, 25, 75, 75, 12.5)
    sheet.fill(screen, Gradient((colour("#23222e"), colour("#12121a"))))
    for radius, tone, end in (
        (18, look.accent, 210),
        (13.4, colour("#7fd0c0"), 130),
        (8.8, colour("#f2e2b8"), 60),
    ):
        sheet.stroke(arc(50, 50, radius, radius, (0, 360)), 3.2, mix(tone, INK, 0.72))
        sheet.stroke(arc(50, 50, radius, radius, (-90, end)), 3.2, tone)
    sheet.fill(star(50, 50, 3.4, 1.5, 4), lighter(look.accent, 0.4))
    sheet.shade(path("M 26 40 Q 26 26 40 26 L 54 26 L 26 56"), WHITE, 0.14, within=screen)
