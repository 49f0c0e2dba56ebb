"""Names that people give their files: shown again, never used to find anything."""

import unicodedata

from wanpu.infra.storage.content import Kind

MAX_LENGTH = 120
_NAMELESS = "file"
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def clean_name(name: str, kind: Kind) -> str:
    """A name that is safe to show and to save under: no folders, no control or direction characters, short,
    and with the ending of what the file really is.

    "../../etc/photo.php" with a JPEG inside becomes "photo.jpg".
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(
        " " if character in '<>:"|?*' else character
        for character in unicodedata.normalize("NFC", last)
        if unicodedata.category(character) not in _HIDDEN
    )
    stem, dot, _ending = visible.rpartition(".")
    words = " ".join((stem if dot else visible).split()).strip(". ")
    return f"{words[:MAX_LENGTH].strip('. ') or _NAMELESS}.{kind}"
