"""How people are reached: mobile numbers and e-mail addresses, what they look like and how they are shown."""

import re

MAX_EMAIL_LENGTH = 100

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


def is_mobile(text: str) -> bool:
    """Whether the text is a mainland mobile number."""
    return _MOBILE.fullmatch(text) is not None


def require_mobile(text: str) -> str:
    """A mainland mobile number of eleven digits.

    Raises:
        ValueError: it is not.
    """
    if not is_mobile(text):
        raise ValueError("must be a mainland mobile number of 11 digits")
    return text


def require_email(text: str) -> str:
    """An address that mail can be sent to, in ASCII.

    Raises:
        ValueError: it is not.
    """
    if len(text) > MAX_EMAIL_LENGTH or not _EMAIL.fullmatch(text):
        raise ValueError("must be an email address")
    return text


def mask_mobile(mobile: str) -> str:
    """How a mobile number is shown: 138****8000."""
    return f"{mobile[:3]}****{mobile[-4:]}"


def mask_email(email: str) -> str:
    """How an e-mail address is shown: l***@example.com."""
    mailbox, _, domain = email.partition("@")
    return f"{mailbox[:1]}***@{domain}"
