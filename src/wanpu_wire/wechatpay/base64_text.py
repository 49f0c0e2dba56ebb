"""Base64 with exactly one accepted spelling for each value."""

import base64


def encode_base64(value: bytes) -> str:
    """One line of standard Base64 with padding."""
    return base64.b64encode(value).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Undo `encode_base64`.

    Raises:
        ValueError: `text` is not exactly what `encode_base64` would have written, so that no second
            text can stand for the same signature or ciphertext.
    """
    value = base64.b64decode(text, validate=True)
    if encode_base64(value) != text:
        raise ValueError("not canonical Base64")
    return value
