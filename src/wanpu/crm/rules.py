"""What names, telephone numbers and addresses of members look like."""

import re
import unicodedata

from wanpu.kernel.contacts import is_mobile
from wanpu.system import is_file_address

MIN_USERNAME_LENGTH = 2
MAX_USERNAME_LENGTH = 50
MAX_ADDRESSES = 50
MAX_URL_LENGTH = 255

_USERNAME = re.compile(r"[\w.-]+")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")
_POST_CODE = re.compile(r"[0-9]{6}")


def require_username(text: str) -> str:
    """A name to sign in with: 2 to 50 letters, digits, `_`, `-`, `.`; never what reads as a mobile number.

    Raises:
        ValueError: it is not.
    """
    name = unicodedata.normalize("NFC", text.strip())
    if not MIN_USERNAME_LENGTH <= len(name) <= MAX_USERNAME_LENGTH:
        raise ValueError(f"must have {MIN_USERNAME_LENGTH} to {MAX_USERNAME_LENGTH} characters")
    if not _USERNAME.fullmatch(name):
        raise ValueError("may hold letters, digits, _, - and . only")
    if is_mobile(name):
        raise ValueError("must not be a mobile number")
    return name


def require_telephone(text: str) -> str:
    """A number that a courier can call: mobile or landline.

    Raises:
        ValueError: it is not.
    """
    if not _TELEPHONE.fullmatch(text):
        raise ValueError("must be a telephone number")
    return text


def require_post_code(text: str) -> str:
    """Six digits, or nothing.

    Raises:
        ValueError: it is neither.
    """
    if text and not _POST_CODE.fullmatch(text):
        raise ValueError("must have 6 digits")
    return text


def require_picture_url(text: str) -> str:
    """The address of a picture as files of this mall have one: `/files/…`, or `https://…` in a bucket. Which
    buckets are the mall's, this does not know.

    Raises:
        ValueError: it is not.
    """
    if len(text) > MAX_URL_LENGTH or not is_file_address(text):
        raise ValueError("must be the address of a file of this mall: /files/… or https://…")
    return text
