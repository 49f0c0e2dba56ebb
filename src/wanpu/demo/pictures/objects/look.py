"""What one drawing varies in."""

from dataclasses import dataclass

from wanpu.demo.pictures.colour import Colour


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of one drawn object: `main` follows the colour that the shopper chooses, `accent` stays."""

    main: Colour
    accent: Colour
