"""家居: crockery, textiles, light and order."""

from wanpu.demo.pictures.colour import WHITE, colour, darker, lighter, mix
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.outline import arc, box, ellipse, mirrored, moved, path, rotated, symmetric
from wanpu.demo.pictures.sheet import Glow, Gradient, Sheet, ball, drum, soft

WOOD = colour("#c79a68")
BRASS = colour("#d0a85c")
LEAF = colour("#6f8f63")


def mug(sheet: Sheet, look: Look) -> None:
    """A stoneware mug with a dipped glaze edge and coffee in it."""
    body = symmetric("M 50 24 L 18 24 C 18 50 19 70 23 84 Q 25 90 34 90 L 50 90", axis=44)
    handle = path("M 68 38 C 96 34 96 76 66 74")
    sheet.stroke(handle, 8.5, darker(look.main, 0.18))
    sheet.stroke(moved(handle, -0.6, -1), 5, lighter(look.main, 0.12))
    sheet.fill(body, drum(look.main))
    glaze = path("M 16 60 Q 30 66 44 60 Q 58 55 72 62 L 72 92 L 16 92")
    sheet.shade(glaze, look.accent, 0.85, within=body)
    sheet.shade(box(57, 20, 72, 92), darker(look.main, 0.6), 0.25, blur=4, within=body)
    sheet.fill(ellipse(44, 24, 26, 6.5), lighter(look.main, 0.35))
    sheet.fill(ellipse(44, 24.4, 23.6, 5.2), darker(look.main, 0.3))
    sheet.fill(ellipse(44, 25.6, 21.5, 4), colour("#6b4630"))
    sheet.fill(ellipse(38, 25, 8, 1.4), colour("#a87b56"))
    sheet.shade(box(25, 33, 29.5, 56, 2.2), WHITE, 0.45, blur=0.8)


def teapot(sheet: Sheet, look: Look) -> None:
    """A round teapot with a wooden grip."""
    sheet.stroke(path("M 30 36 C 28 6 72 6 70 36"), 4.2, darker(look.accent, 0.15))
    sheet.stroke(path("M 38 17 Q 50 11 62 17"), 6.5, look.accent)
    sheet.fill(path("M 70 52 C 84 52 82 34 94 32 L 97 37 C 89 42 90 72 70 74"), drum(look.main))
    body = path("M 50 34 C 22 34 12 50 12 64 C 12 80 26 90 50 90 C 74 90 86 80 84 62 C 83 48 76 34 50 34")
    sheet.fill(body, ball(look.main))
    sheet.shade(
        path("M 10 68 Q 48 82 88 66 L 88 72 Q 48 88 10 74"), darker(look.main, 0.55), 0.28, within=body
    )
    sheet.fill(ellipse(50, 37, 22, 5), darker(look.main, 0.25))
    sheet.fill(path("M 29 36 C 32 27 68 27 71 36 Q 50 43 29 36"), Glow(lighter(look.main, 0.45), look.main))
    sheet.fill(ellipse(50, 26.5, 4.6, 3.8), ball(look.accent))
    sheet.shade(ellipse(32, 54, 6, 9), WHITE, 0.45, blur=2.4, within=body)


def pot(sheet: Sheet, look: Look) -> None:
    """An enamelled casserole with a lid."""
    for side in (path("M 14 56 L 4 56 Q 2 56 2 59 L 2 62 Q 2 65 5 65 L 16 65"),):
        sheet.fill(side, soft(darker(look.main, 0.1)))
        sheet.fill(mirrored(side), soft(darker(look.main, 0.22)))
    body = symmetric("M 50 48 L 12 48 L 13 80 Q 14 90 26 90 L 50 90")
    sheet.fill(body, drum(look.main))
    sheet.fill(symmetric("M 50 22 C 26 22 12 34 11 46 L 50 46"), drum(lighter(look.main, 0.06)))
    sheet.fill(box(9, 44.5, 91, 50, 2.6), drum(lighter(look.main, 0.22)))
    sheet.shade(box(10, 50, 90, 54), darker(look.main, 0.7), 0.3, blur=1.2, within=body)
    sheet.fill(box(45.5, 16, 54.5, 23, 2), drum(look.accent))
    sheet.fill(box(40, 11.5, 60, 17, 2.6), drum(look.accent))
    sheet.shade(path("M 22 40 C 25 33 32 28 40 26.5 L 41 29 C 34 31 28 35 26 41"), WHITE, 0.5, blur=0.7)
    sheet.shade(box(20, 57, 23.5, 78, 1.7), WHITE, 0.35, blur=0.8)


def bowls(sheet: Sheet, look: Look) -> None:
    """Three stacked bowls and a pair of chopsticks."""
    plates = ((88, 46, look.main), (70, 42, mix(look.main, look.accent, 0.5)), (53, 38, look.accent))
    for bottom, half, tone in plates:
        top = bottom - 22
        bowl = symmetric(
            f"M 50 {top} L {50 - half} {top}"
            f" C {50 - half} {bottom - 6} {50 - half * 0.6} {bottom} 50 {bottom}"
        )
        sheet.fill(
            box(50 - half * 0.42, bottom - 3, 50 + half * 0.42, bottom + 2.4, 1), drum(darker(tone, 0.12))
        )
        sheet.fill(bowl, drum(tone))
        sheet.shade(box(0, top, 100, top + 5), darker(tone, 0.6), 0.22, blur=1.6, within=bowl)
        sheet.fill(ellipse(50, top, half, half * 0.115), lighter(tone, 0.4))
        sheet.fill(
            ellipse(50, top + 0.5, half * 0.93, half * 0.085),
            Gradient((darker(tone, 0.3), lighter(tone, 0.1))),
        )
    for shift in (0, 5):
        stick = path("M 12 20 L 13.6 18.4 L 86 29 L 86 31.4")
        sheet.fill(rotated(moved(stick, shift, shift * -0.6), -3 - shift * 0.6), soft(WOOD))


def cushion(sheet: Sheet, look: Look) -> None:
    """A square cushion with a woven stripe and a piped edge."""
    body = path(
        "M 12 16 Q 14 10 20 12 Q 50 18 80 12 Q 87 10 88 17 Q 84 50 89 82 Q 88 90 80 88"
        " Q 50 83 20 88 Q 12 90 11 83 Q 16 50 12 16"
    )
    sheet.fill(body, Glow(lighter(look.main, 0.4), darker(look.main, 0.14), (0.42, 0.4)))
    for middle in (30, 50, 70):
        stripe = path(
            f"M {middle - 4} 5 Q {middle - 2} 50 {middle - 4} 95 L {middle + 4} 95"
            f" Q {middle + 2} 50 {middle + 4} 5"
        )
        sheet.shade(stripe, look.accent, 0.55, within=body)
        sheet.shade(
            path(
                f"M {middle - 6} 5 Q {middle - 4} 50 {middle - 6} 95 L {middle - 5.2} 95"
                f" Q {middle - 3.2} 50 {middle - 5.2} 5"
            ),
            look.accent,
            0.5,
            within=body,
        )
    for fold in (
        "M 14 14 Q 26 24 34 38 Q 24 30 14 14",
        "M 86 15 Q 76 26 70 36 Q 80 30 86 15",
        "M 14 86 Q 24 76 30 64 Q 20 74 14 86",
    ):
        sheet.shade(path(fold), darker(look.main, 0.7), 0.35, blur=1.6, within=body)
    sheet.shade(
        path("M 86 86 Q 60 84 30 88 Q 70 70 84 30 Q 84 60 86 86"),
        darker(look.main, 0.7),
        0.2,
        blur=5,
        within=body,
    )
    sheet.stroke(body, 1.1, darker(look.main, 0.22), closed=True)


def blanket(sheet: Sheet, look: Look) -> None:
    """A folded knitted throw with fringes."""
    for index in range(19):
        left = 12 + index * 4.1
        sheet.fill(
            path(f"M {left} 76 L {left + 2.4} 76 L {left + 2.8} 90 L {left - 0.4} 90"),
            lighter(look.main, 0.14),
        )
    layers = ((60, look.main), (42, lighter(look.main, 0.1)), (24, lighter(look.main, 0.2)))
    for top, tone in layers:
        fold = box(9, top, 91, top + 20, 9)
        sheet.fill(fold, Gradient((lighter(tone, 0.3), tone, darker(tone, 0.2))))
        for column in range(12):
            stitch = path(
                f"M {12 + column * 6.6} {top}"
                f" Q {16 + column * 6.6} {top + 10} {12 + column * 6.6} {top + 20}"
                f" L {13.6 + column * 6.6} {top + 20}"
                f" Q {17.6 + column * 6.6} {top + 10} {13.6 + column * 6.6} {top}"
            )
            sheet.shade(stitch, darker(tone, 0.5), 0.2, within=fold)
    sheet.fill(box(62, 22, 76, 81, 1.5), Gradient((look.accent, darker(look.accent, 0.12)), "down"))
    sheet.fill(box(64, 46, 74, 57, 1), lighter(look.accent, 0.75))
    sheet.stroke(((66.5, 50), (71.5, 50)), 0.9, look.accent)
    sheet.stroke(((66.5, 53), (70, 53)), 0.9, look.accent)


def towels(sheet: Sheet, look: Look) -> None:
    """A pile of rolled and folded towels."""
    for left, tone in ((12, look.main), (52, lighter(look.main, 0.18))):
        sheet.fill(box(left, 62, left + 37, 90, 13), soft(tone))
        for radius in (12, 8.6, 5.2, 2):
            sheet.stroke(ellipse(left + 18.5, 76, radius * 1.25, radius), 1.1, darker(tone, 0.2), closed=True)
    for top, tone in ((46, look.accent), (30, lighter(look.main, 0.42))):
        fold = box(13, top, 87, top + 17, 7)
        sheet.fill(fold, Gradient((lighter(tone, 0.3), tone, darker(tone, 0.16))))
        sheet.shade(box(13, top + 7.6, 80, top + 9), darker(tone, 0.6), 0.32, within=fold)
        sheet.shade(box(68, top, 74, top + 17), darker(tone, 0.4), 0.22, within=fold)
    sheet.fill(path("M 40 30 C 36 18 44 10 54 8 C 54 18 52 26 44 30"), soft(LEAF))
    sheet.fill(path("M 44 30 C 46 20 56 16 64 18 C 60 26 54 30 44 30"), soft(darker(LEAF, 0.12)))


def lamp(sheet: Sheet, look: Look) -> None:
    """A bedside lamp with a fabric shade that is switched on."""
    sheet.fill(box(47.6, 50, 52.4, 84), drum(look.accent))
    sheet.fill(ellipse(50, 88, 22, 4.6), drum(darker(look.accent, 0.2)))
    sheet.fill(ellipse(50, 86, 22, 4.6), drum(look.accent))
    sheet.fill(path("M 43 84 Q 50 74 57 84"), drum(look.accent))
    shade = symmetric("M 50 10 L 32 10 L 17 54 Q 33 59 50 59")
    sheet.fill(shade, Glow(mix(lighter(look.main, 0.5), (255, 226, 160), 0.6), look.main, (0.5, 0.72)))
    for x in range(22, 80, 5):
        sheet.shade(
            path(f"M {50 + (x - 50) * 0.52} 8 L {50 + (x - 50) * 0.54 + 0.6} 8 L {x + 0.9} 62 L {x} 62"),
            darker(look.main, 0.4),
            0.16,
            within=shade,
        )
    sheet.fill(ellipse(50, 10, 18, 2.6), darker(look.main, 0.12))
    sheet.fill(ellipse(50, 10.2, 15, 1.7), (255, 236, 190))
    sheet.stroke(arc(50, 53.5, 33, 4.6, (8, 172)), 1.2, darker(look.main, 0.16))
    sheet.stroke(((64, 58), (64, 70)), 0.7, darker(look.accent, 0.3))
    sheet.fill(ellipse(64, 71.5, 1.7), ball(BRASS))


def vase(sheet: Sheet, look: Look) -> None:
    """A ceramic vase with olive branches and two blossoms."""
    for tip, bend in (((28, 20), (40, 34)), ((72, 18), (60, 32)), ((50, 14), (48, 30))):
        sheet.stroke(path(f"M 50 56 Q {bend[0]} {bend[1]} {tip[0]} {tip[1]}"), 1.3, darker(LEAF, 0.3))
        for share in (0.25, 0.45, 0.65, 0.85, 1.0):
            x = 50 * (1 - share) ** 2 + 2 * share * (1 - share) * bend[0] + share**2 * tip[0]
            y = 56 * (1 - share) ** 2 + 2 * share * (1 - share) * bend[1] + share**2 * tip[1]
            for turn in (-38, 38):
                leaf = path(f"M {x} {y} Q {x + 7} {y - 5} {x + 13} {y} Q {x + 7} {y + 4} {x} {y}")
                sheet.fill(
                    rotated(leaf, turn - 90 + (tip[0] - 50), (x, y)),
                    soft(mix(LEAF, WHITE, 0.12 + share * 0.15)),
                )
    for x, y in ((36, 36), (65, 33)):
        for turn in range(0, 360, 72):
            sheet.fill(rotated(ellipse(x, y - 4.4, 2.9, 4), turn, (x, y)), lighter(look.accent, 0.25))
        sheet.fill(ellipse(x, y, 2.2), BRASS)
    body = symmetric("M 50 46 L 41 46 L 42 54 C 24 60 20 72 24 80 Q 28 90 40 90 L 50 90")
    sheet.fill(body, drum(look.main))
    sheet.shade(path("M 18 66 Q 50 74 82 64 L 82 68 Q 50 78 18 70"), look.accent, 0.6, within=body)
    sheet.shade(path("M 18 73 Q 50 81 82 71 L 82 72.6 Q 50 83 18 75"), look.accent, 0.6, within=body)
    sheet.fill(ellipse(50, 46, 9, 2), lighter(look.main, 0.3))
    sheet.fill(ellipse(50, 46.3, 7.2, 1.3), darker(look.main, 0.5))
    sheet.shade(ellipse(35, 70, 2.6, 8), WHITE, 0.4, blur=1.2, within=body)


def basket(sheet: Sheet, look: Look) -> None:
    """A woven basket with cloth inside."""
    sheet.fill(path("M 18 40 Q 22 22 36 26 Q 48 14 60 24 Q 76 18 82 40"), soft(look.accent))
    sheet.shade(path("M 40 26 Q 46 34 44 42 L 48 42 Q 50 32 46 22"), darker(look.accent, 0.5), 0.3, blur=1)
    body = symmetric("M 50 38 L 12 38 L 20 86 Q 21 90 26 90 L 50 90")
    sheet.fill(body, drum(darker(look.main, 0.3)))
    for row in range(9):
        top = 41 + row * 5.5
        for column in range(15):
            left = 9 + column * 6 + (row % 2) * 3
            if 12 + row < left < 84 - row:
                sheet.fill(box(left, top, left + 4.8, top + 4.6, 1.9), soft(lighter(look.main, 0.16)))
    sheet.shade(box(64, 36, 92, 92), darker(look.main, 0.7), 0.34, blur=7, within=body)
    sheet.fill(box(10, 35, 90, 42, 3.4), drum(lighter(look.main, 0.1)))
    for x in range(12, 90, 5):
        sheet.shade(
            path(f"M {x} 35 L {x + 1.6} 35 L {x + 4} 42 L {x + 2.4} 42"), darker(look.main, 0.5), 0.35
        )
    for left in (26, 62):
        sheet.stroke(
            path(f"M {left} 46 Q {left} 55 {left + 6} 55 Q {left + 12} 55 {left + 12} 46"),
            2.6,
            darker(look.main, 0.35),
        )


def clock(sheet: Sheet, look: Look) -> None:
    """A round wall clock with a wooden rim."""
    sheet.fill(ellipse(50, 50, 43), Gradient((lighter(look.main, 0.25), look.main, darker(look.main, 0.25))))
    sheet.fill(ellipse(50, 50, 37.5), darker(look.main, 0.3))
    sheet.fill(ellipse(50, 50.8, 37), Gradient((lighter(look.accent, 0.5), lighter(look.accent, 0.75))))
    for hour in range(12):
        long = 5.5 if hour % 3 == 0 else 2.6
        sheet.fill(rotated(box(49.2, 18, 50.8, 18 + long, 0.6), hour * 30), darker(look.main, 0.45))
    sheet.fill(rotated(box(48.6, 28, 51.4, 54, 1.3), -58), darker(look.main, 0.55))
    sheet.fill(rotated(box(49, 19, 51, 55, 1), 62), darker(look.main, 0.55))
    sheet.fill(rotated(box(49.6, 20, 50.4, 60, 0.4), 168), colour("#cf5f4a"))
    sheet.fill(ellipse(50, 50, 2.6), ball(BRASS))
    sheet.shade(path("M 14 44 Q 20 18 48 13 Q 28 24 20 46"), WHITE, 0.5, blur=2)
