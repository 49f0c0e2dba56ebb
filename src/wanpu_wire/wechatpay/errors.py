"""What can be wrong with a WeChat Pay message; every class is a `WireError`."""


class WireError(Exception):
    """A message that breaks the protocol, or key material that cannot be used for it."""


class MalformedKey(WireError):
    """A PEM text or symmetric key that is not of the kind the protocol asks for."""


class MalformedAuthorization(WireError):
    """The Authorization header is missing, or its items are not the five that the scheme defines."""


class WrongAuthorizationScheme(WireError):
    """The Authorization header names another scheme than WECHATPAY2-SHA256-RSA2048."""


class MissingSignature(WireError):
    """A Wechatpay-* signature header is absent, empty or given twice."""


class UnknownSerial(WireError):
    """No trusted key has the serial number that the message names."""


class StaleTimestamp(WireError):
    """The time stamp is unreadable, or further from now than the protocol allows."""


class BadSignature(WireError):
    """The signature does not belong to this body, or names an algorithm other than RSA with SHA-256."""


class CannotDecrypt(WireError):
    """The ciphertext was changed, or was made with another key, nonce or associated data."""


class CannotEncrypt(WireError):
    """The text is longer than one RSA block can hold."""


class MalformedBody(WireError):
    """The body is not the JSON that the protocol defines: syntax, names, types or missing members."""
