"""服饰: garments laid flat, shoes, bags and small things to wear."""

from wanpu.demo.pictures.colour import WHITE, colour, darker, lighter
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.outline import SIDES, Outline, arc, box, ellipse, moved, path, rotated, symmetric
from wanpu.demo.pictures.sheet import Glow, Gradient, Sheet, ball, drum, soft

RUBBER = colour("#f2ece2")


def _folds(sheet: Sheet, body: Outline, look: Look, *lines: str) -> None:
    for line in lines:
        sheet.shade(path(line), darker(look.main, 0.75), 0.32, blur=1.5, within=body)


def tee(sheet: Sheet, look: Look) -> None:
    """A T-shirt with a chest pocket."""
    sheet.fill(symmetric("M 50 12 L 36 12 Q 40 25 50 25"), darker(look.main, 0.42))
    body = symmetric("M 50 22 Q 40 22 36 11 L 26 15 L 6 34 L 17 48 L 27 41 L 26 88 Q 36 91 50 91")
    sheet.fill(body, Glow(lighter(look.main, 0.34), darker(look.main, 0.12), (0.42, 0.34)))
    sheet.stroke(path("M 36 11.6 Q 40 23 50 23 Q 60 23 64 11.6"), 2.8, darker(look.main, 0.14))
    _folds(
        sheet,
        body,
        look,
        "M 27 41 Q 33 34 34 26 Q 35 36 27 41",
        "M 73 41 Q 67 34 66 26 Q 65 36 73 41",
        "M 27 66 Q 40 60 48 62 Q 38 64 27 74",
        "M 74 76 Q 62 72 54 76 Q 64 76 74 84",
        "M 70 46 Q 62 54 60 66 Q 66 56 74 52",
    )
    sheet.fill(path("M 56 40 L 68 40 L 68 51 L 62 54 L 56 51"), soft(darker(look.main, 0.06)))
    sheet.stroke(((56, 42.5), (68, 42.5)), 0.7, look.accent)
    for side in SIDES:
        sheet.stroke(side(((9, 33.4), (18.6, 45.8))), 0.6, darker(look.main, 0.24))
    sheet.stroke(path("M 26.4 86 Q 50 89 73.6 86"), 0.6, darker(look.main, 0.24))


def cardigan(sheet: Sheet, look: Look) -> None:
    """A ribbed cardigan with buttons."""
    sheet.fill(symmetric("M 50 10 L 38 10 Q 44 30 50 46"), darker(look.main, 0.45))
    for side in SIDES:
        sleeve = side(path("M 30 14 L 22 18 Q 12 40 8 78 L 18 81 Q 24 60 30 46"))
        sheet.fill(
            sleeve,
            Gradient((darker(look.main, 0.2), lighter(look.main, 0.1), darker(look.main, 0.1)), "across"),
        )
        sheet.fill(side(path("M 7.4 77 L 18.4 80 L 17 88 L 6.6 86")), darker(look.main, 0.2))
    body = symmetric("M 50 44 L 39 10 L 29 14 Q 26 40 26 84 L 50 84")
    sheet.fill(body, Glow(lighter(look.main, 0.32), darker(look.main, 0.1), (0.4, 0.34)))
    for column in range(13):
        x = 28 + column * 3.7
        sheet.shade(box(x, 10, x + 1, 84), darker(look.main, 0.5), 0.18, within=body)
    sheet.fill(box(26, 82, 74, 90, 1.5), soft(darker(look.main, 0.14)))
    sheet.stroke(path("M 38 10 Q 44 30 50 45 L 50 89"), 3.6, darker(look.main, 0.2))
    sheet.stroke(path("M 62 10 Q 56 30 50 45 L 50 89"), 3.6, darker(look.main, 0.12))
    for y in (51, 60, 69, 78, 86):
        sheet.fill(ellipse(50, y, 1.9), ball(look.accent))
    for side in SIDES:
        sheet.fill(side(box(30, 60, 43, 74, 1.4)), soft(darker(look.main, 0.04)))
        sheet.fill(side(box(30, 60, 43, 63, 1)), darker(look.main, 0.2))


def dress(sheet: Sheet, look: Look) -> None:
    """A summer dress with a belt and small flowers."""
    for side in SIDES:
        sheet.fill(
            side(path("M 36 12 L 24 20 Q 18 28 20 36 L 33 38 Q 34 26 38 14")), soft(darker(look.main, 0.08))
        )
    body = symmetric("M 50 22 Q 41 22 37 10 L 32 13 Q 36 30 36 44 Q 26 66 16 86 Q 32 92 50 92")
    sheet.fill(body, Glow(lighter(look.main, 0.34), darker(look.main, 0.14), (0.42, 0.5)))
    _folds(
        sheet,
        body,
        look,
        "M 44 48 Q 36 70 32 92 L 36 92 Q 40 70 45 48",
        "M 53 48 Q 56 70 56 92 L 61 92 Q 59 70 55 48",
        "M 60 48 Q 70 66 76 90 L 80 88 Q 70 64 61 48",
    )
    for index in range(27):
        x, y = 20 + index * 0.618 % 1 * 60, 20 + index * 2.7
        if abs(x - 50) < 11 + max(0, (y - 44) * 0.4) and abs(y - 45) > 5:
            for turn in range(0, 360, 90):
                sheet.shade(
                    rotated(ellipse(x + 1.5, y, 1.3, 0.9), turn + index * 20, (x, y)), look.accent, 0.95
                )
            sheet.fill(ellipse(x, y, 0.7), colour("#e8b95c"))
    sheet.fill(path("M 35.6 42 Q 50 45 64.4 42 L 65 47 Q 50 50 35 47"), drum(darker(look.accent, 0.12)))
    sheet.fill(path("M 62 46 Q 66 56 62 63 L 67 62 Q 70 54 65 45"), soft(darker(look.accent, 0.18)))
    sheet.stroke(path("M 37 10.6 Q 42 23 50 23 Q 58 23 63 10.6"), 1.8, darker(look.main, 0.2))


def trousers(sheet: Sheet, look: Look) -> None:
    """Straight trousers with turn-ups."""
    sheet.fill(symmetric("M 50 8 L 30 8 L 29 16 L 50 16"), darker(look.main, 0.34))
    body = symmetric("M 50 10 L 30 9 Q 27 26 24 52 L 20 90 L 43 91 L 50 40")
    sheet.fill(
        body,
        Gradient(
            (
                darker(look.main, 0.14),
                lighter(look.main, 0.16),
                look.main,
                darker(look.main, 0.08),
                lighter(look.main, 0.1),
                darker(look.main, 0.2),
            ),
            "across",
        ),
    )
    for side in SIDES:
        sheet.fill(side(path("M 20 84 L 43.6 85 L 43 91 L 19.6 90")), soft(lighter(look.main, 0.14)))
        sheet.stroke(side(path("M 30 18 Q 36 28 29 30")), 0.9, darker(look.main, 0.32))
        sheet.stroke(side(((35, 24), (32, 83))), 0.6, darker(look.main, 0.22))
        sheet.fill(side(box(34, 7.4, 36.4, 17, 0.5)), darker(look.main, 0.2))
    sheet.fill(box(29.4, 9.4, 70.6, 15, 0.8), drum(lighter(look.main, 0.04)))
    _folds(
        sheet,
        body,
        look,
        "M 50 38 Q 42 44 34 46 Q 42 48 49 44",
        "M 50 38 Q 58 44 66 46 Q 58 48 51 44",
        "M 24 60 Q 34 58 40 62 Q 32 62 24 66",
    )
    sheet.stroke(path("M 50 15 L 50 32 Q 48 37 45 37"), 0.9, darker(look.main, 0.36))
    sheet.fill(ellipse(50, 12.2, 1.6), ball(look.accent))


def sneaker(sheet: Sheet, look: Look) -> None:
    """A low sneaker from the side."""
    sheet.fill(path("M 6 78 Q 4 90 14 90 L 88 90 Q 97 90 96 79"), drum(darker(RUBBER, 0.1), 0.5))
    upper = path(
        "M 8 78 C 6 62 8 48 14 36 Q 18 32 23 36 Q 28 42 37 39 L 44 33 Q 50 30 54 36"
        " C 62 50 76 56 88 60 Q 97 64 96 79"
    )
    sheet.fill(upper, Gradient((lighter(look.main, 0.3), look.main, darker(look.main, 0.16))))
    sheet.fill(
        path("M 14 37 Q 22 46 36 42 L 46 33 Q 40 28 34 32 Q 24 38 19 31 Q 14 31 14 37"),
        darker(look.main, 0.4),
    )
    sheet.shade(
        path("M 70 53 C 72 62 70 72 74 80 L 98 80 L 97 60"), lighter(look.main, 0.6), 0.4, within=upper
    )
    sheet.shade(path("M 8 50 Q 18 56 20 80 L 6 80"), look.accent, 0.9, within=upper)
    sheet.shade(path("M 30 80 Q 40 56 62 52 L 66 56 Q 48 62 42 80"), look.accent, 0.95, within=upper)
    sheet.shade(path("M 8 72 L 96 72 L 96 80 L 8 80"), darker(look.main, 0.7), 0.25, blur=2.4, within=upper)
    sheet.fill(
        path("M 41 38 L 47 32 Q 55 34 59 44 L 68 54 L 62 57 Q 50 52 41 38"), soft(lighter(look.main, 0.26))
    )
    for index in range(5):
        x, y = 43 + index * 4.6, 39 + index * 4
        sheet.stroke(((x, y + 2), (x + 7, y - 3.5)), 1.5, RUBBER)
    sheet.fill(path("M 5 76 Q 50 81 97 76 L 97 83 Q 50 86 5 83"), drum(RUBBER, 0.5))
    sheet.stroke(path("M 6 82.4 Q 50 85.6 96 82.4"), 0.7, look.accent)
    sheet.shade(path("M 12 44 Q 14 56 13 66 L 16 66 Q 18 54 16 43"), WHITE, 0.3, blur=0.9, within=upper)


def tote(sheet: Sheet, look: Look) -> None:
    """A canvas tote bag with leather handles."""
    sheet.stroke(path("M 36 40 C 34 4 66 4 64 40"), 3.4, darker(look.accent, 0.3))
    body = symmetric("M 50 34 L 18 34 L 14 84 Q 14 90 22 90 L 50 90")
    sheet.fill(body, Glow(lighter(look.main, 0.34), darker(look.main, 0.14), (0.4, 0.36)))
    sheet.fill(box(18, 33, 82, 39, 1), drum(darker(look.main, 0.08)))
    sheet.stroke(path("M 31 48 C 29 -2 71 -2 69 48"), 4.2, look.accent)
    for x in (31, 69):
        sheet.fill(box(x - 3.4, 42, x + 3.4, 56, 1.4), soft(look.accent))
        for y in (45, 53):
            sheet.fill(ellipse(x, y, 0.9), colour("#e2c078"))
    _folds(
        sheet,
        body,
        look,
        "M 22 40 Q 28 60 24 88 L 28 88 Q 32 60 25 40",
        "M 78 40 Q 70 64 76 88 L 72 88 Q 66 64 75 40",
    )
    sheet.fill(box(38, 62, 62, 80, 1.4), soft(lighter(look.main, 0.5), 0.5))
    sheet.stroke(arc(50, 74, 8, 7, (180, 360)), 1.2, look.accent)
    sheet.stroke(((41, 76), (59, 76)), 1.2, look.accent)


def backpack(sheet: Sheet, look: Look) -> None:
    """A day pack with a front pocket."""
    sheet.stroke(path("M 42 14 C 42 2 58 2 58 14"), 3, darker(look.main, 0.36))
    for side in SIDES:
        sheet.fill(side(path("M 24 40 Q 12 46 13 62 L 14 80 Q 16 86 24 86")), drum(darker(look.main, 0.22)))
    body = symmetric("M 50 10 C 28 10 20 24 20 42 L 20 80 Q 20 91 32 91 L 50 91")
    sheet.fill(body, drum(look.main))
    sheet.stroke(path("M 24 40 C 24 22 34 17 50 17 C 66 17 76 22 76 40"), 1.5, darker(look.main, 0.34))
    sheet.fill(box(72.6, 38, 76.6, 46, 1.4), look.accent)
    sheet.fill(box(40, 26, 60, 35, 2), soft(look.accent))
    pocket = path("M 26 54 Q 50 48 74 54 L 74 80 Q 74 86 66 86 L 34 86 Q 26 86 26 80")
    sheet.fill(moved(pocket, 0.6, 1.2), darker(look.main, 0.4))
    sheet.fill(pocket, drum(lighter(look.main, 0.12)))
    sheet.stroke(path("M 27 58 Q 50 52.4 73 58"), 1.2, darker(look.main, 0.34))
    sheet.stroke(((40, 55), (40, 64)), 1.8, look.accent)
    sheet.shade(path("M 25 28 Q 30 18 42 15 Q 32 22 29 34 L 28 50 L 24.6 50"), WHITE, 0.4, blur=0.9)


def cap(sheet: Sheet, look: Look) -> None:
    """A baseball cap, three quarters."""
    crown = path("M 14 62 C 12 28 34 18 52 18 C 74 18 86 36 84 62 Q 50 48 14 62")
    sheet.fill(crown, Glow(lighter(look.main, 0.42), darker(look.main, 0.24), (0.38, 0.3)))
    for seam in ("M 52 18 Q 34 30 32 55", "M 52 18 Q 66 32 67 55", "M 52 18 Q 50 36 50 53"):
        sheet.stroke(path(seam), 0.8, darker(look.main, 0.26))
    sheet.fill(ellipse(52, 17.6, 3.2, 1.9), ball(look.accent))
    for x, y in ((38, 36), (64, 36)):
        sheet.fill(ellipse(x, y, 1.5), darker(look.main, 0.4))
    brim = path("M 13 62 Q 50 46 85 62 Q 98 70 94 78 Q 74 66 46 70 Q 20 74 8 84 Q 2 74 13 62")
    sheet.fill(moved(brim, 0, 2.2), darker(look.main, 0.42))
    sheet.fill(brim, Gradient((darker(look.accent, 0.14), look.accent, lighter(look.accent, 0.25))))
    for shift in (3, 6):
        sheet.stroke(moved(path("M 10 73 Q 48 54 90 70"), 0, shift), 0.6, darker(look.accent, 0.22))


def socks(sheet: Sheet, look: Look) -> None:
    """A pair of ribbed socks."""
    for shift, tone in ((17, darker(look.main, 0.12)), (0, look.main)):
        body = moved(
            path("M 26 10 L 52 10 L 53 50 Q 56 60 70 68 Q 80 76 74 86 Q 70 92 58 90 L 32 78 Q 22 72 24 58"),
            shift - 6,
            shift * -0.12,
        )
        sheet.fill(body, Gradient((lighter(tone, 0.2), tone, darker(tone, 0.2)), "across"))
        sheet.shade(moved(box(20, 8, 60, 22), shift - 6, shift * -0.12), look.accent, 0.95, within=body)
        for column in range(9):
            line = moved(box(28 + column * 3, 10, 28.9 + column * 3, 48), shift - 6, shift * -0.12)
            sheet.shade(line, darker(tone, 0.5), 0.24, within=body)
        sheet.shade(moved(ellipse(70, 84, 15, 13), shift - 6, shift * -0.12), look.accent, 0.95, within=body)
        sheet.shade(moved(ellipse(26, 70, 11, 12), shift - 6, shift * -0.12), look.accent, 0.95, within=body)
        for top in (27, 32):
            sheet.shade(
                moved(box(20, top, 60, top + 2), shift - 6, shift * -0.12), look.accent, 0.8, within=body
            )


def umbrella(sheet: Sheet, look: Look) -> None:
    """An open umbrella with a wooden handle."""
    sheet.stroke(path("M 50 40 L 50 82 Q 50 92 41 91 Q 34 90 35 82"), 3, colour("#a8743f"))
    sheet.stroke(((50, 6), (50, 18)), 2.2, colour("#a8743f"))
    panels = (
        ("M 50 12 C 26 14 8 30 4 54 Q 12 46 22 54", look.main, 0.16),
        ("M 50 12 C 74 14 92 30 96 54 Q 88 46 78 54", look.accent, 0.26),
        ("M 50 12 C 34 20 24 36 22 54 Q 34 44 50 54", look.accent, 0.0),
        ("M 50 12 C 66 20 76 36 78 54 Q 66 44 50 54", look.main, 0.1),
    )
    for outline, tone, shadow in panels:
        sheet.fill(
            path(outline), Gradient((lighter(tone, 0.3), darker(tone, shadow), darker(tone, shadow + 0.14)))
        )
    for rib in ("M 50 12 C 34 20 24 36 22 54", "M 50 12 C 66 20 76 36 78 54", "M 50 12 L 50 54"):
        sheet.stroke(path(rib), 0.6, darker(look.main, 0.3))
    for x in (4, 22, 50, 78, 96):
        sheet.fill(ellipse(x, 54.4, 1.2), colour("#d0a85c"))
