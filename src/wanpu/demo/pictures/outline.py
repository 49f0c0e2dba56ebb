"""Geometry of the picture set: closed outlines as points on a square of 100 × 100 units, y downwards."""

import math
from collections.abc import Callable, Iterable, Sequence

Point = tuple[float, float]
Outline = tuple[Point, ...]

CURVE_STEPS = 16
ROUND_STEPS = 64


def path(text: str) -> Outline:
    """Read an outline written with absolute commands: M, L (line), Q and C (Bézier curves).

    Example: `path("M 10 10 L 90 10 Q 90 90 10 90")`. The outline closes itself.
    """
    points: list[Point] = []
    words = text.replace(",", " ").split()
    command, numbers = "", list[float]()
    for word in [*words, "."]:
        if word.isalpha() or word == ".":
            _extend(points, command, numbers)
            command, numbers = word, []
        else:
            numbers.append(float(word))
    return tuple(points)


def _extend(points: list[Point], command: str, numbers: list[float]) -> None:
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    match command:
        case "":
            return
        case "M" | "L":
            points.extend(pairs)
        case "Q":
            for index in range(0, len(pairs), 2):
                points.extend(_bezier([points[-1], *pairs[index : index + 2]]))
        case "C":
            for index in range(0, len(pairs), 3):
                points.extend(_bezier([points[-1], *pairs[index : index + 3]]))
        case _:
            raise ValueError(f"unknown path command {command!r}")


def _bezier(control: Sequence[Point]) -> Iterable[Point]:
    degree = len(control) - 1
    for step in range(1, CURVE_STEPS + 1):
        t = step / CURVE_STEPS
        weights = [math.comb(degree, i) * (1 - t) ** (degree - i) * t**i for i in range(degree + 1)]
        yield (
            sum(weight * point[0] for weight, point in zip(weights, control, strict=True)),
            sum(weight * point[1] for weight, point in zip(weights, control, strict=True)),
        )


def symmetric(text: str, axis: float = 50) -> Outline:
    """The left half as a path, from the top to the bottom, completed by its mirror image."""
    half = path(text)
    return half + mirrored(half, axis)[::-1]


def mirrored(outline: Outline, axis: float = 50) -> Outline:
    """The outline seen in a mirror that stands upright at x = `axis`."""
    return tuple((2 * axis - x, y) for x, y in outline)


def unchanged(outline: Outline) -> Outline:
    """The outline itself."""
    return outline


SIDES: tuple[Callable[[Outline], Outline], ...] = (unchanged, mirrored)
"""Draw a part at the left and again at the right: `for side in SIDES: sheet.fill(side(part), …)`."""


def moved(outline: Outline, right: float, down: float = 0) -> Outline:
    """The outline at another place."""
    return tuple((x + right, y + down) for x, y in outline)


def scaled(outline: Outline, factor: float, centre: Point = (50, 50)) -> Outline:
    """The outline grown or shrunk around `centre`."""
    return tuple(
        (centre[0] + (x - centre[0]) * factor, centre[1] + (y - centre[1]) * factor) for x, y in outline
    )


def rotated(outline: Outline, degrees: float, centre: Point = (50, 50)) -> Outline:
    """The outline turned clockwise around `centre`."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return tuple(
        (
            centre[0] + (x - centre[0]) * cosine - (y - centre[1]) * sine,
            centre[1] + (x - centre[0]) * sine + (y - centre[1]) * cosine,
        )
        for x, y in outline
    )


def ellipse(x: float, y: float, across: float, down: float | None = None) -> Outline:
    """Ellipse by its centre and radii; a circle when one radius is given."""
    return arc(x, y, across, across if down is None else down, (0, 360))


def arc(x: float, y: float, across: float, down: float, span: tuple[float, float]) -> Outline:
    """Points of an elliptic arc; `span` holds its two ends in degrees clockwise, 0 points right."""
    start, end = span
    steps = max(8, round(ROUND_STEPS * abs(end - start) / 360))
    angles = (math.radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return tuple((x + across * math.cos(angle), y + down * math.sin(angle)) for angle in angles)


def box(left: float, top: float, right: float, bottom: float, radius: float = 0) -> Outline:
    """Rectangle; `radius` rounds its corners."""
    if radius <= 0:
        return (left, top), (right, top), (right, bottom), (left, bottom)
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    corners = ((right, top, 270), (right, bottom, 0), (left, bottom, 90), (left, top, 180))
    points: list[Point] = []
    for x, y, start in corners:
        centre_x = x - radius if x == right else x + radius
        centre_y = y + radius if y == top else y - radius
        points.extend(arc(centre_x, centre_y, radius, radius, (start, start + 90)))
    return tuple(points)


def star(x: float, y: float, outer: float, inner: float, tips: int, *, turn: float = -90) -> Outline:
    """Star or flower outline with `tips` tips."""
    points: list[Point] = []
    for index in range(tips * 2):
        radius = outer if index % 2 == 0 else inner
        angle = math.radians(turn + 180 * index / tips)
        points.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    return tuple(points)
