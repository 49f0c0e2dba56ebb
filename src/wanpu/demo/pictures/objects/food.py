"""食品: tea, snacks and the larder."""

from wanpu.demo.pictures.colour import WHITE, Colour, colour, darker, lighter, mix
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.outline import arc, box, ellipse, moved, path, rotated, star, symmetric
from wanpu.demo.pictures.sheet import Glow, Gradient, Sheet, ball, drum, soft

LEAF = colour("#6b8f5a")
PAPER = colour("#f3e6d0")
KRAFT = colour("#c9a57a")
CRUST = colour("#d49a55")


def _leaf(sheet: Sheet, x: float, y: float, turn: float, size: float, *, tone: Colour = LEAF) -> None:
    blade = path(
        f"M {x} {y} Q {x + size * 0.5} {y - size * 0.42} {x + size} {y}"
        f" Q {x + size * 0.5} {y + size * 0.34} {x} {y}"
    )
    sheet.fill(rotated(blade, turn, (x, y)), soft(tone))
    sheet.stroke(rotated(((x + 1, y), (x + size * 0.8, y)), turn, (x, y)), 0.5, darker(tone, 0.3))


def tin(sheet: Sheet, look: Look) -> None:
    """A round tea tin with a paper label, leaves in front."""
    body = symmetric("M 50 26 L 23 26 L 23 86 Q 36 91 50 91")
    sheet.fill(body, drum(look.main))
    sheet.fill(symmetric("M 50 10 L 22 10 L 22 28 Q 36 32.4 50 32.4"), drum(darker(look.main, 0.12)))
    sheet.fill(ellipse(50, 10.5, 28, 4.4), Gradient((lighter(look.main, 0.35), look.main)))
    sheet.stroke(arc(50, 26.5, 28, 5, (2, 178)), 0.9, darker(look.main, 0.4))
    label = symmetric("M 50 43 Q 42 43 34 42 L 34 74 Q 42 75.4 50 75.4")
    sheet.fill(label, drum(look.accent, 0.5))
    _leaf(sheet, 50, 64, -90, 15, tone=mix(look.main, LEAF, 0.4))
    _leaf(sheet, 50, 64, -140, 11, tone=mix(look.main, LEAF, 0.3))
    _leaf(sheet, 50, 64, -40, 11, tone=mix(look.main, LEAF, 0.3))
    sheet.stroke(((40, 69), (60, 69)), 0.9, darker(look.main, 0.2))
    for x, y, turn in ((16, 88, -20), (27, 92, 8), (70, 92, -12), (82, 89, 24)):
        _leaf(sheet, x - 6, y, turn, 13, tone=mix(LEAF, colour("#8a8f5e"), 0.4))
    sheet.shade(box(30, 14, 33, 24, 1.5), WHITE, 0.4, blur=0.7)


def sachet(sheet: Sheet, look: Look) -> None:
    """A flat paper sachet of tea with a torn corner and leaves that fell out."""
    body = rotated(box(26, 12, 74, 82, 1.6), -7)
    sheet.fill(moved(body, 1.4, 1.8), darker(look.main, 0.34))
    sheet.fill(body, Gradient((lighter(look.main, 0.2), look.main, darker(look.main, 0.16)), "across"))
    for top in (14, 16.4, 76.6, 79):
        sheet.shade(rotated(box(26, top, 74, top + 1), -7), WHITE, 0.22, within=body)
    sheet.fill(rotated(box(34, 28, 66, 66, 2), -7), soft(look.accent, 0.5))
    sheet.fill(rotated(ellipse(50, 44, 10), -7), lighter(look.main, 0.1))
    for turn, size in ((-97, 12), (-140, 9), (-54, 9)):
        _leaf(sheet, 50, 50, turn, size, tone=lighter(look.accent, 0.3))
    sheet.stroke(rotated(((40, 59), (60, 59)), -7), 1, look.main)
    sheet.stroke(rotated(((44, 62.4), (56, 62.4)), -7), 0.8, look.main)
    for x, y, turn in ((66, 88, -14), (76, 84, 30), (84, 90, -30), (58, 93, 12), (72, 94, 4)):
        _leaf(sheet, x - 4, y, turn, 9, tone=mix(LEAF, look.main, 0.5))
    sheet.shade(rotated(path("M 28 12 L 40 12 L 30 82 L 27 82"), -7), WHITE, 0.18, within=body)


def pouch(sheet: Sheet, look: Look) -> None:
    """A stand-up pouch with a round valve, a band and coffee beans."""
    body = symmetric("M 50 10 L 24 10 Q 26 22 22 46 L 20 82 Q 22 90 30 90 L 50 90")
    sheet.fill(body, drum(look.main))
    sheet.fill(box(24, 10, 76, 16.5, 0.8), drum(darker(look.main, 0.18)))
    for y in (11.6, 13.2, 14.8):
        sheet.shade(box(24, y, 76, y + 0.5), WHITE, 0.25)
    sheet.shade(path("M 18 46 L 82 46 L 82 78 L 18 78"), look.accent, 0.92, within=body)
    sheet.shade(
        path("M 56 10 Q 64 50 60 90 L 82 90 L 82 10"), darker(look.main, 0.7), 0.16, blur=3, within=body
    )
    sheet.fill(ellipse(50, 29, 4.4), darker(look.main, 0.3))
    sheet.fill(ellipse(50, 29, 2), lighter(look.main, 0.2))
    for x, y, turn in ((42, 60, -30), (55, 57, 40), (50, 69, 10)):
        bean = ellipse(x, y, 6, 4.4)
        sheet.fill(rotated(bean, turn, (x, y)), ball(colour("#8a5a3c")))
        sheet.stroke(
            rotated(
                path(f"M {x - 5} {y} Q {x - 1} {y - 2} {x} {y} Q {x + 1} {y + 2} {x + 5} {y}"), turn, (x, y)
            ),
            0.9,
            colour("#4b2e20"),
        )
    for x, y, turn in ((12, 88, 20), (84, 90, -30), (92, 87, 50)):
        sheet.fill(rotated(ellipse(x, y, 5, 3.4), turn, (x, y)), ball(colour("#7a4c32")))
    sheet.shade(path("M 28 18 Q 29 30 26 44 L 29 44 Q 32 30 31 18"), WHITE, 0.4, blur=0.8)


def nuts(sheet: Sheet, look: Look) -> None:
    """A glass jar of mixed nuts and dried fruit with a metal lid."""
    body = symmetric("M 50 22 L 28 22 Q 20 26 20 36 L 20 80 Q 20 90 30 90 L 50 90")
    sheet.fill(body, drum(mix(PAPER, WHITE, 0.4), 0.7))
    kinds = (colour("#c98d55"), colour("#9a5f3c"), look.accent, colour("#e3c79a"), look.main)
    for row in range(8):
        for column in range(8):
            x = 24.5 + column * 7.3 + (row % 2) * 3
            y = 85.6 - row * 7
            if x < 78:
                tone = kinds[(row * 3 + column * 2) % len(kinds)]
                sheet.fill(
                    rotated(ellipse(x, y, 4.8, 3.7), (row * 47 + column * 31) % 90, (x, y)), ball(tone)
                )
    sheet.shade(box(66, 24, 82, 92), darker(PAPER, 0.8), 0.24, blur=4, within=body)
    sheet.fill(box(25, 9, 75, 22.5, 2.5), drum(look.main))
    for x in range(27, 75, 3):
        sheet.shade(box(x, 12, x + 0.9, 22), darker(look.main, 0.6), 0.28)
    sheet.fill(box(33, 48, 67, 72, 3), soft(PAPER, 0.6))
    sheet.fill(star(50, 59, 6.4, 3.2, 8), look.main)
    sheet.stroke(((42, 68), (58, 68)), 0.9, darker(look.main, 0.1))
    sheet.shade(box(25, 30, 28.4, 82, 1.7), WHITE, 0.75, blur=0.6)


def cookies(sheet: Sheet, look: Look) -> None:
    """An open tin of biscuits with one standing against it."""
    sheet.fill(ellipse(50, 78, 44, 11), darker(look.main, 0.22))
    sheet.fill(path("M 6 62 L 94 62 L 94 78 Q 94 90 50 90 Q 6 90 6 78"), drum(look.main))
    sheet.fill(ellipse(50, 61, 44, 13), drum(lighter(look.main, 0.3)))
    sheet.fill(ellipse(50, 61.4, 41, 11.4), darker(look.main, 0.5))
    for x, y in ((26, 58), (74, 58), (50, 54), (38, 64), (63, 64)):
        cookie = ellipse(x, y, 15, 7.4)
        sheet.fill(moved(cookie, 0, 2.4), darker(CRUST, 0.3))
        sheet.fill(cookie, Glow(lighter(CRUST, 0.4), CRUST))
        for dx, dy in ((-6, -1), (2, -3), (7, 1), (-1, 2.4)):
            sheet.fill(ellipse(x + dx, y + dy, 1.7, 1.1), colour("#5a3524"))
    front = ellipse(50, 34, 21)
    sheet.fill(moved(front, 1.2, 1.6), darker(CRUST, 0.35))
    sheet.fill(front, Glow(lighter(CRUST, 0.5), darker(CRUST, 0.08)))
    sheet.fill(star(50, 34, 21.6, 20.4, 22), Glow(lighter(CRUST, 0.45), darker(CRUST, 0.1)))
    for x, y, radius in ((42, 27, 3), (56, 25, 2.4), (60, 38, 3.2), (45, 42, 2.7), (52, 34, 2), (36, 36, 2)):
        sheet.fill(ellipse(x, y, radius, radius * 0.9), ball(colour("#6a3f2a")))
    for x in range(14, 90, 12):
        sheet.shade(star(x, 79, 3.4, 1.5, 5), look.accent, 0.85)


def cake(sheet: Sheet, look: Look) -> None:
    """Flower cakes on a plate, one of them cut."""
    sheet.fill(ellipse(50, 82, 46, 9), darker(look.main, 0.14))
    sheet.fill(ellipse(50, 80, 46, 9), drum(lighter(look.main, 0.5)))
    sheet.fill(ellipse(50, 80, 36, 6), Gradient((darker(look.main, 0.02), lighter(look.main, 0.6))))
    for x, y in ((30, 66), (70, 66), (50, 44)):
        side = path(f"M {x - 20} {y} L {x + 20} {y} L {x + 19} {y + 11} Q {x} {y + 19} {x - 19} {y + 11}")
        sheet.fill(side, drum(CRUST))
        sheet.fill(ellipse(x, y, 20, 8.6), Glow(lighter(CRUST, 0.55), lighter(CRUST, 0.08)))
        for turn in range(0, 360, 60):
            petal = ellipse(x + 4.6, y, 3.6, 2.2)
            sheet.shade(rotated(petal, turn, (x, y)), look.accent, 0.85)
        sheet.fill(ellipse(x, y, 1.8, 1), darker(look.accent, 0.3))
    cut = path("M 70 66 L 90 64 L 88 77 Q 80 81 70 83")
    sheet.fill(cut, soft(darker(look.accent, 0.06)))
    sheet.stroke(path("M 70 67 L 90 65"), 1.6, lighter(CRUST, 0.2))
    sheet.stroke(path("M 71 83 Q 80 81 88 77.5"), 1.6, darker(CRUST, 0.1))
    for x, y in ((12, 74), (88, 88), (22, 90)):
        sheet.fill(star(x, y, 3.4, 2, 5), lighter(look.accent, 0.3))


def oranges(sheet: Sheet, look: Look) -> None:
    """Round fruit with a cut half in front."""
    for x, y, radius in ((66, 44, 23), (32, 52, 25), (70, 70, 20)):
        sheet.shade(ellipse(x, y, radius), darker(look.main, 0.8), 0.6, blur=2.6)
        sheet.fill(ellipse(x, y, radius), Glow(lighter(look.main, 0.5), darker(look.main, 0.22)))
        for index in range(14):
            dot = rotated(((x + radius * (0.25 + index % 4 * 0.18), y),), index * 57, (x, y))[0]
            sheet.shade(ellipse(*dot, 0.7), darker(look.main, 0.4), 0.3)
        sheet.fill(star(x - 2, y - radius * 0.72, 2.4, 1.1, 5), darker(LEAF, 0.25))
    _leaf(sheet, 30, 32, -60, 20)
    _leaf(sheet, 64, 25, -20, 22, tone=darker(LEAF, 0.12))
    half = ellipse(40, 72, 21)
    sheet.fill(half, darker(look.main, 0.05))
    sheet.fill(ellipse(40, 72, 19), lighter(look.main, 0.82))
    for turn in range(0, 360, 40):
        segment = path("M 43 72 Q 50 66.4 57 66.6 Q 58.6 72 57 77.4 Q 50 77.6 43 72")
        sheet.fill(rotated(segment, turn, (40, 72)), Glow(lighter(look.accent, 0.3), look.accent))
    sheet.fill(ellipse(40, 72, 1.8), lighter(look.main, 0.85))


def apples(sheet: Sheet, look: Look) -> None:
    """Three apples."""
    for x, y, size in ((68, 56, 0.92), (32, 58, 0.96), (50, 68, 1.08)):
        outline = symmetric(
            f"M {x} {y - 15 * size}"
            f" C {x - 8 * size} {y - 24 * size} {x - 27 * size} {y - 20 * size}"
            f" {x - 25 * size} {y + 2 * size}"
            f" C {x - 24 * size} {y + 20 * size} {x - 10 * size} {y + 26 * size} {x} {y + 21 * size}",
            axis=x,
        )
        sheet.shade(outline, darker(look.main, 0.8), 0.6, blur=2.6)
        sheet.fill(outline, Glow(lighter(look.main, 0.42), darker(look.main, 0.24), (0.34, 0.3)))
        for turn in (-30, -10, 12, 30):
            streak = path(
                f"M {x} {y - 14 * size} Q {x - 4} {y} {x} {y + 16 * size} Q {x + 1} {y} {x} {y - 14 * size}"
            )
            sheet.shade(
                rotated(streak, turn, (x, y - 14 * size)), look.accent, 0.35, blur=0.8, within=outline
            )
        sheet.shade(
            ellipse(x, y - 14 * size, 7 * size, 3 * size),
            darker(look.main, 0.7),
            0.5,
            blur=1.6,
            within=outline,
        )
        sheet.stroke(
            path(f"M {x} {y - 13 * size} Q {x + 1} {y - 22 * size} {x + 5} {y - 26 * size}"),
            1.7,
            colour("#6b4a34"),
        )
        sheet.shade(ellipse(x - 11 * size, y - 6 * size, 3.6, 5.6), WHITE, 0.5, blur=1.6, within=outline)
        _leaf(sheet, x + 3, y - 21 * size, -14, 17)


def sack(sheet: Sheet, look: Look) -> None:
    """A cloth sack of grain, tied, with a wooden scoop."""
    body = path("M 38 26 C 20 34 14 56 18 78 Q 20 90 34 90 L 68 90 Q 82 90 83 78 C 86 56 80 34 62 26")
    sheet.fill(
        path("M 36 26 L 30 10 Q 38 14 43 9 Q 50 14 57 9 Q 62 14 70 10 L 64 26"),
        soft(lighter(look.main, 0.12)),
    )
    sheet.fill(body, Glow(lighter(look.main, 0.4), darker(look.main, 0.2), (0.38, 0.34)))
    for fold in (
        "M 42 28 Q 34 44 34 60 Q 38 44 45 28",
        "M 56 28 Q 64 42 66 58 Q 60 42 53 28",
        "M 70 36 Q 78 56 74 80 Q 76 56 68 36",
    ):
        sheet.shade(path(fold), darker(look.main, 0.6), 0.4, blur=1.4, within=body)
    sheet.fill(box(35, 23.5, 65, 28.5, 2.4), drum(look.accent))
    sheet.stroke(path("M 60 27 Q 68 34 64 41"), 1.5, look.accent)
    sheet.fill(box(34, 48, 66, 74, 3), soft(lighter(look.main, 0.6), 0.5))
    for turn in (-34, -12, 12, 34):
        sheet.stroke(rotated(((50, 68), (50, 56)), turn, (50, 69)), 0.8, look.accent)
        for height in (53, 56.4, 59.8):
            sheet.fill(rotated(ellipse(50, height, 1.1, 2), turn, (50, 69)), look.accent)
    sheet.fill(path("M 62 82 L 84 72 Q 96 74 94 84 Q 90 92 76 91"), soft(colour("#b98a58")))
    sheet.fill(ellipse(79, 81, 10, 4.4), lighter(look.main, 0.72))
    for x, y in ((10, 90), (15, 88), (7, 87), (88, 93), (55, 93), (61, 92.4)):
        sheet.fill(ellipse(x, y, 1.7, 1), lighter(look.main, 0.7))


def honey(sheet: Sheet, look: Look) -> None:
    """A jar of honey with a cloth lid and a dipper."""
    body = symmetric("M 50 28 L 27 28 Q 18 32 18 42 L 20 80 Q 21 90 32 90 L 50 90")
    sheet.fill(body, drum(look.main))
    sheet.shade(ellipse(46, 66, 20, 20), lighter(look.main, 0.6), 0.5, blur=8, within=body)
    sheet.fill(
        path(
            "M 24 24 Q 22 34 18 38 Q 26 36 30 39 Q 36 35 42 39 Q 50 35 58 39 Q 64 35 70 39"
            " Q 76 36 82 38 Q 78 34 76 24"
        ),
        drum(look.accent, 0.8),
    )
    sheet.fill(symmetric("M 50 10 Q 28 10 25 21 L 25 25 L 50 25"), drum(look.accent, 0.8))
    for dot in range(28, 76, 8):
        sheet.shade(ellipse(dot, 16 + dot % 3, 1.3), darker(look.main, 0.1), 0.8)
    sheet.fill(box(24, 22.6, 76, 26.4, 1.6), drum(darker(look.main, 0.35)))
    for x, y in ((50.0, 60.0), (41.4, 55.0), (58.6, 55.0), (41.4, 65.0), (58.6, 65), (50, 50), (50, 70)):
        sheet.shade(star(x, y, 4.6, 4, 3, turn=0), WHITE, 0.75, within=body)
    sheet.stroke(((74, 60), (94, 26)), 2.6, colour("#b98a58"))
    for index in range(5):
        x, y = 73.0 - index * 2.4, 62.0 + index * 4
        sheet.fill(
            rotated(ellipse(x, y, 6.6 - abs(index - 2) * 1.2, 1.9), 30, (x, y)), drum(colour("#c79a68"))
        )
    sheet.shade(box(23, 42, 26.4, 80, 1.7), WHITE, 0.6, blur=0.7)


def noodles(sheet: Sheet, look: Look) -> None:
    """A bowl of noodles with egg, greens and chopsticks."""
    for shift in (0, 7):
        sheet.fill(
            moved(path("M 58 44 L 86 4 L 88.6 5.4 L 61 46"), shift, shift * 0.3), soft(colour("#a8743f"))
        )
    sheet.fill(ellipse(50, 48, 44, 12), lighter(look.main, 0.3))
    sheet.fill(ellipse(50, 48.6, 41, 10.4), colour("#d9a760"))
    for index in range(9):
        line = path(
            f"M {16 + index * 2} {50 + index % 3}"
            f" C {26 + index * 4} {38 + index % 4} {40 + index * 3} {58 - index % 3}"
            f" {60 + index * 3} {46 + index % 5}"
        )
        sheet.stroke(line, 1.9, mix(colour("#f4d99a"), colour("#e7bd6e"), index % 3 / 2))
    for x in (22, 27, 32):
        sheet.fill(rotated(ellipse(x, 46, 8, 2.6), -20, (x, 46)), soft(LEAF))
    sheet.fill(ellipse(64, 45, 13, 6), soft(mix(WHITE, PAPER, 0.3), 0.4))
    sheet.fill(ellipse(64, 44.6, 6.6, 3.3), Glow(colour("#ffcf6e"), colour("#ee9b3a")))
    for x, y in ((44, 44), (48, 52), (40, 53), (54, 41)):
        sheet.fill(ellipse(x, y, 1.8, 1.1), colour("#7fae5c"))
    body = path("M 6 49 Q 50 72 94 49 C 92 74 78 87 64 87 L 36 87 C 22 87 8 74 6 49")
    sheet.fill(body, drum(look.main))
    sheet.shade(path("M 4 56 Q 50 80 96 56 L 96 60 Q 50 84 4 60"), look.accent, 0.9, within=body)
    sheet.fill(box(34, 86, 66, 91, 1.6), drum(darker(look.main, 0.2)))
    sheet.shade(path("M 13 60 Q 18 74 30 81 Q 22 72 18 61"), WHITE, 0.4, blur=0.9)
