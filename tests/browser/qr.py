"""Read a QR code as a camera would: from pixels."""

import cv2
import numpy

DISTANCES = (1.0, 1.5, 2.0, 3.0)
"""How near the camera comes: the reader cannot make out every code at every size."""

QUIET_PX = 24


def decode_qr(picture: bytes) -> str:
    """The text of the one QR code on a picture; empty when none can be read."""
    pixels = cv2.imdecode(numpy.frombuffer(picture, numpy.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None, "not a picture"
    white = (255, 255, 255)
    framed = cv2.copyMakeBorder(
        pixels, QUIET_PX, QUIET_PX, QUIET_PX, QUIET_PX, cv2.BORDER_CONSTANT, value=white
    )
    for distance in DISTANCES:
        seen = cv2.resize(framed, None, fx=distance, fy=distance, interpolation=cv2.INTER_CUBIC)
        text, _corners, _straight = cv2.QRCodeDetector().detectAndDecode(seen)
        if text:
            return text
    return ""
