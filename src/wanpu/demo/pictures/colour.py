"""Colours of the picture set: plain RGB, mixed towards one warm light and one cool shade.

Every object takes its light and its shadow from the same two colours; this is what makes
sixty different things look like one set.
"""

Colour = tuple[int, int, int]

LIGHT: Colour = (255, 249, 240)
SHADE: Colour = (38, 30, 54)
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


def colour(code: str) -> Colour:
    """Read `#rrggbb`."""
    value = int(code.removeprefix("#"), 16)
    return value >> 16 & 255, value >> 8 & 255, value & 255


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Colour between two others; `share` 0 gives the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def lighter(base: Colour, share: float) -> Colour:
    """The base with `share` (0–1) of the light."""
    return mix(base, LIGHT, share)


def darker(base: Colour, share: float) -> Colour:
    """The base with `share` (0–1) of the shade."""
    return mix(base, SHADE, share)


def brightness(base: Colour) -> float:
    """How bright the eye sees it: 0 is black, 1 is white."""
    return (base[0] * 0.299 + base[1] * 0.587 + base[2] * 0.114) / 255
