"""美妆个护: bottles, jars and small tools of the bathroom shelf."""

from wanpu.demo.pictures.colour import WHITE, colour, darker, lighter, mix
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.outline import box, ellipse, moved, path, rotated, symmetric
from wanpu.demo.pictures.sheet import Glow, Gradient, Sheet, ball, drum, soft

PEARL = colour("#f6efe6")
STEEL = colour("#b9bcc4")
LEAF = colour("#7f9d72")


def dropper(sheet: Sheet, look: Look) -> None:
    """A serum bottle with a pipette."""
    sheet.fill(symmetric("M 50 6 Q 43 6 43 14 L 43 24 L 50 24"), drum(look.accent))
    sheet.fill(box(40, 22, 60, 37, 1.6), drum(lighter(look.accent, 0.25)))
    for x in range(42, 60, 3):
        sheet.shade(box(x, 23, x + 0.9, 36), darker(look.accent, 0.6), 0.26)
    body = symmetric("M 50 36 L 41 36 L 41 42 Q 27 44 27 54 L 27 84 Q 27 90 34 90 L 50 90")
    sheet.fill(body, drum(mix(look.main, WHITE, 0.3)))
    sheet.shade(path("M 24 56 L 76 56 L 76 92 L 24 92"), look.main, 0.75, within=body)
    sheet.shade(box(48.4, 37, 51.6, 80, 1.4), WHITE, 0.4, within=body)
    sheet.fill(box(33, 61, 67, 81, 1.2), soft(PEARL, 0.5))
    sheet.fill(ellipse(50, 67.4, 3), look.main)
    sheet.stroke(((40, 74), (60, 74)), 1, darker(look.main, 0.2))
    sheet.stroke(((44, 77.4), (56, 77.4)), 0.8, darker(look.main, 0.2))
    sheet.shade(box(30, 50, 32.6, 86, 1.3), WHITE, 0.65, blur=0.5)
    sheet.fill(path("M 84 74 Q 91 84 84 89 Q 77 84 84 74"), ball(look.main))
    sheet.shade(ellipse(82.4, 83, 1, 2), WHITE, 0.8, blur=0.3)


def cream(sheet: Sheet, look: Look) -> None:
    """An open jar of cream with its lid leaning against it."""
    sheet.fill(ellipse(76, 62, 19, 26), darker(look.accent, 0.3))
    sheet.fill(ellipse(72.6, 62, 19, 26), Glow(lighter(look.accent, 0.45), look.accent))
    sheet.fill(ellipse(72.6, 62, 14, 20), Gradient((look.accent, lighter(look.accent, 0.3))))
    body = path("M 10 58 L 74 58 L 74 80 Q 74 90 62 90 L 22 90 Q 10 90 10 80")
    sheet.fill(body, drum(look.main))
    sheet.fill(ellipse(42, 57, 32, 9), drum(lighter(look.main, 0.5), 0.6))
    sheet.fill(ellipse(42, 57.4, 28, 7.2), darker(PEARL, 0.16))
    swirl = path(
        "M 15 57 C 18 46 32 50 38 44 C 44 38 40 34 36 36 C 52 28 58 42 54 48 C 62 48 68 52 69 58"
        " Q 42 70 15 57"
    )
    sheet.fill(swirl, Gradient((lighter(PEARL, 0.8), PEARL, darker(PEARL, 0.1))))
    sheet.shade(path("M 28 56 Q 44 56 52 48 Q 56 58 34 61"), darker(PEARL, 0.5), 0.22, blur=1.2, within=swirl)
    sheet.shade(path("M 36 41 Q 46 36 49 43 Q 44 40 36 41"), WHITE, 0.9, blur=0.4, within=swirl)
    sheet.fill(box(26, 70, 58, 82, 1), soft(PEARL, 0.5))
    sheet.stroke(((32, 74.4), (52, 74.4)), 1, darker(look.main, 0.3))
    sheet.stroke(((36, 78), (48, 78)), 0.8, darker(look.main, 0.3))
    sheet.shade(box(14, 66, 17, 84, 1.4), WHITE, 0.6, blur=0.5)


def pump(sheet: Sheet, look: Look) -> None:
    """A pump bottle with a botanical label."""
    sheet.fill(
        path("M 34 12 L 58 10 Q 61 10 61 13 L 61 17 L 40 17 Q 37 17 36 20 L 33 20 Q 32 14 34 12"),
        drum(look.accent),
    )
    sheet.fill(box(47.4, 16, 52.6, 27, 0.8), drum(lighter(look.accent, 0.2)))
    sheet.fill(box(41, 25, 59, 33, 1.6), drum(look.accent))
    body = symmetric("M 50 32 L 42 32 Q 27 36 27 47 L 27 84 Q 27 90 34 90 L 50 90")
    sheet.fill(body, drum(look.main))
    sheet.fill(box(33, 50, 67, 80, 1.2), soft(PEARL, 0.5))
    sheet.stroke(path("M 50 70 Q 49 62 51 55"), 0.9, darker(LEAF, 0.2))
    for y, turn in ((68, -150), (66, -30), (63, -140), (61, -40), (58, -110)):
        blade = path(f"M 50 {y} Q 54 {y - 3.4} 58.4 {y} Q 54 {y + 2.6} 50 {y}")
        sheet.fill(rotated(blade, turn, (50, y)), soft(LEAF))
    sheet.stroke(((41, 74), (59, 74)), 1, darker(look.main, 0.35))
    sheet.shade(box(30, 45, 32.4, 86, 1.2), WHITE, 0.6, blur=0.6)


def lipstick(sheet: Sheet, look: Look) -> None:
    """A lipstick with its cap and a stroke of its shade."""
    stroke = path(
        "M 8 86 C 20 78 34 84 52 80 C 66 77 80 82 94 76 L 93 86 C 80 90 66 84 52 90 C 36 94 22 88 9 93"
    )
    sheet.fill(stroke, Gradient((lighter(look.main, 0.15), look.main, darker(look.main, 0.12))))
    sheet.fill(box(30, 50, 50, 82, 1.4), drum(darker(look.accent, 0.42)))
    sheet.fill(box(32, 36, 48, 51, 1), drum(look.accent))
    bullet = path("M 33.6 37 L 33.6 20 Q 36 11 46.4 7 L 46.4 37")
    sheet.fill(bullet, drum(look.main))
    sheet.fill(path("M 33.6 20 Q 36 11 46.4 7 Q 47.4 14 41 19 Q 37 21 33.6 20"), lighter(look.main, 0.22))
    sheet.fill(box(56, 34, 76, 80, 1.6), drum(darker(look.accent, 0.42)))
    sheet.fill(ellipse(66, 34.6, 10, 2.4), lighter(look.accent, 0.1))
    sheet.fill(box(56, 70, 76, 74, 0.4), drum(look.accent))
    sheet.shade(box(59, 38, 61, 68, 1), WHITE, 0.4, blur=0.4)


def perfume(sheet: Sheet, look: Look) -> None:
    """A square flacon of scent with a faceted stopper."""
    sheet.fill(box(36, 8, 64, 27, 3), drum(look.accent))
    for x in (42, 50, 58):
        sheet.shade(box(x - 0.6, 8, x + 0.6, 27), darker(look.accent, 0.6), 0.3)
    sheet.fill(box(42, 26, 58, 34, 1), drum(lighter(STEEL, 0.25)))
    glass = box(20, 33, 80, 90, 8)
    sheet.fill(
        glass,
        Gradient((mix(look.main, WHITE, 0.72), mix(look.main, WHITE, 0.5), mix(look.main, WHITE, 0.66))),
    )
    liquid = box(26, 44, 74, 84, 5)
    sheet.fill(liquid, Gradient((lighter(look.main, 0.25), look.main, darker(look.main, 0.16))))
    sheet.shade(path("M 26 44 L 50 44 L 34 84 L 26 84"), WHITE, 0.28, within=liquid)
    sheet.shade(box(49.4, 34, 50.6, 80), WHITE, 0.4, within=liquid)
    sheet.fill(ellipse(50, 45, 22, 1.6), lighter(look.main, 0.4))
    sheet.fill(box(37, 57, 63, 73, 1), soft(PEARL, 0.5))
    sheet.stroke(((42, 62.6), (58, 62.6)), 1.1, darker(look.main, 0.3))
    sheet.stroke(((45, 67), (55, 67)), 0.8, darker(look.main, 0.3))
    sheet.shade(box(22.4, 40, 24.4, 82, 1), WHITE, 0.9, blur=0.4)


def tube(sheet: Sheet, look: Look) -> None:
    """A squeezed hand-cream tube with a dab of cream."""
    sheet.fill(box(38, 74, 62, 91, 2), drum(look.accent))
    for x in range(40, 62, 3):
        sheet.shade(box(x, 76, x + 0.9, 91), darker(look.accent, 0.6), 0.26)
    body = symmetric("M 50 8 L 24 8 Q 27 40 35 75 L 50 75")
    sheet.fill(body, drum(look.main))
    sheet.fill(box(23, 7, 77, 14, 0.8), drum(lighter(look.main, 0.1)))
    for x in range(25, 77, 3):
        sheet.shade(box(x, 7, x + 0.8, 14), darker(look.main, 0.5), 0.3)
    band = path("M 20 44 Q 50 38 80 44 L 80 56 Q 50 50 20 56")
    sheet.shade(band, look.accent, 0.85, within=body)
    for turn in (0, 72, 144, 216, 288):
        sheet.fill(rotated(ellipse(50, 26.6, 2.4, 3.6), turn, (50, 30)), lighter(look.accent, 0.35))
    sheet.fill(ellipse(50, 30, 1.7), colour("#e8b95c"))
    sheet.stroke(((43, 61), (57, 61)), 1, lighter(look.main, 0.7))
    sheet.stroke(((45, 65), (55, 65)), 0.8, lighter(look.main, 0.7))
    sheet.shade(path("M 30 16 Q 33 42 38 70 L 41 70 Q 36 42 33.6 16"), WHITE, 0.5, blur=0.6)
    sheet.fill(
        path("M 70 88 C 70 80 78 82 80 76 C 88 80 92 86 86 90 Q 76 92 70 88"),
        Glow(WHITE, darker(PEARL, 0.08)),
    )


def toothbrush(sheet: Sheet, look: Look) -> None:
    """Two toothbrushes in a tumbler."""
    for x, turn, tone in ((44, -12, look.main), (57, 12, look.accent)):
        sheet.fill(rotated(box(x - 2, 22, x + 2, 80, 2), turn, (50, 90)), drum(tone))
        sheet.fill(rotated(box(x - 3, 8, x + 3, 28, 3), turn, (50, 90)), drum(lighter(tone, 0.1)))
        for row in range(6):
            y = 9.6 + row * 2.8
            sheet.fill(
                rotated(box(x + 2.6, y, x + 8.6, y + 2.1, 0.6), turn, (50, 90)),
                lighter(tone, 0.6 if row % 2 else 0.85),
            )
    glass = path("M 29 46 L 71 46 L 68 86 Q 67.6 90 63 90 L 37 90 Q 32.4 90 32 86")
    sheet.fill(glass, drum(mix(look.main, PEARL, 0.72), 0.9))
    sheet.fill(ellipse(50, 46, 21, 3.6), lighter(PEARL, 0.4))
    sheet.fill(ellipse(50, 46.4, 18.6, 2.5), darker(PEARL, 0.3))
    for x, turn, tone in ((44, -12, look.main), (57, 12, look.accent)):
        sheet.fill(rotated(box(x - 2, 36, x + 2, 50, 0), turn, (50, 90)), drum(tone))
    sheet.fill(
        path("M 31 46.6 Q 50 52.4 69 46.6 L 69 52 Q 50 56 31 52"), drum(mix(look.main, PEARL, 0.72), 0.9)
    )
    for y in (66, 74):
        sheet.shade(
            path(f"M 26 {y} Q 50 {y + 5} 74 {y} L 74 {y + 3} Q 50 {y + 8} 26 {y + 3}"),
            look.main,
            0.5,
            within=glass,
        )
    sheet.shade(box(34.6, 56, 37, 84, 1.2), WHITE, 0.7, blur=0.5)


def soap(sheet: Sheet, look: Look) -> None:
    """Two bars of handmade soap on a wooden rest with lather."""
    for x in (20, 36, 52, 68):
        sheet.fill(box(x, 80, x + 12, 85, 1.6), soft(colour("#c79a68")))
    sheet.fill(box(12, 84, 88, 90, 2), soft(colour("#b98a58")))
    for left, top, tone, other in ((16, 54, look.main, look.accent), (24, 30, look.accent, look.main)):
        sheet.fill(box(left, top + 2, left + 62, top + 27, 5), darker(tone, 0.2))
        bar = box(left, top, left + 62, top + 23, 5)
        sheet.fill(bar, soft(tone))
        for index in range(4):
            x = left + 4 + index * 16
            swirl = path(
                f"M {x} {top} Q {x + 12} {top + 7} {x + 4} {top + 13}"
                f" Q {x - 2} {top + 19} {x + 9} {top + 24} L {x + 13} {top + 24}"
                f" Q {x + 3} {top + 18} {x + 9} {top + 13} Q {x + 16} {top + 7} {x + 5} {top}"
            )
            sheet.shade(swirl, lighter(other, 0.3), 0.5, within=bar)
        sheet.shade(box(left + 4, top + 2.4, left + 56, top + 5, 1.4), WHITE, 0.5, blur=0.7)
    sheet.fill(box(44, 28, 60, 56, 1.4), Gradient((PEARL, darker(PEARL, 0.1))))
    sheet.stroke(((48, 40), (56, 40)), 1, darker(look.main, 0.2))
    sheet.stroke(((48, 44), (54, 44)), 0.8, darker(look.main, 0.2))
    for x, y, radius in ((78, 76, 6), (86, 80, 4), (71, 79, 4), (84, 71, 3), (14, 80, 4), (21, 77, 3)):
        sheet.fill(ellipse(x, y, radius), Glow(WHITE, mix(look.main, WHITE, 0.72)))
    sheet.fill(moved(path("M 58 30 C 56 18 64 12 74 10 C 74 20 70 28 58 30"), -2, 0), soft(LEAF))
