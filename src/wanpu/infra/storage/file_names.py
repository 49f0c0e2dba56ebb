"""Names that people give their files: shown again, never used to find anything."""

import unicodedata

from wanpu.infra.storage.content import Kind

MAX_LENGTH = 120
_NAMELESS = "file"
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_JOINER = "\u200d"
"""Makes one emoji of several, such as a family; hidden everywhere else."""


def clean_name(name: str, kind: Kind) -> str:
    """A name that is safe to show and to save under: no folders, no control or direction characters, short,
    and with the ending of what the file really is.

    "../../etc/photo.php" with a JPEG inside becomes "photo.jpg".
    """
    last = composed(name.replace("\\", "/").rsplit("/", 1)[-1])
    visible = "".join(
        " " if character in '<>:"|?*' else character
        for place, character in enumerate(last)
        if unicodedata.category(character) not in _HIDDEN or _joins_emoji(last, place)
    )
    stem, dot, _ending = visible.rpartition(".")
    words = " ".join((stem if dot else visible).split()).strip(". ")
    return f"{words[:MAX_LENGTH].strip('. ') or _NAMELESS}.{kind}"


def composed(text: str) -> str:
    """A text as names are kept: an accent typed after its letter is one character with it."""
    return unicodedata.normalize("NFC", text)


def _joins_emoji(text: str, place: int) -> bool:
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    is_between = bool(before and after) and text[place] == _JOINER
    return (
        is_between
        and unicodedata.category(before) in ("So", "Sk", "Mn")
        and unicodedata.category(after) == "So"
    )
