"""Read a QR code as a camera would: from pixels."""

import cv2
import numpy


def decode_qr(picture: bytes) -> str:
    """The text of the one QR code on a picture; empty when none can be read."""
    pixels = cv2.imdecode(numpy.frombuffer(picture, numpy.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None, "not a picture"
    text, _corners, _straight = cv2.QRCodeDetector().detectAndDecode(pixels)
    return text
