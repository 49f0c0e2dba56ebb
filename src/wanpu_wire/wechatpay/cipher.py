"""The two ciphers of WeChat Pay v3: AEAD_AES_256_GCM for bodies, RSA-OAEP for single personal fields.

Source: WeChat Pay API v3, 证书和回调报文解密 (AES) and 敏感信息加解密 (OAEP; SHA-1 as in every official SDK).
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wanpu_wire.wechatpay.base64_text import decode_base64, encode_base64
from wanpu_wire.wechatpay.errors import CannotDecrypt, CannotEncrypt, MalformedKey

AEAD_ALGORITHM = "AEAD_AES_256_GCM"
NONCE_LENGTH = 12
_KEY_LENGTH = 32


def encrypt_aead(apiv3_key: str, plaintext: bytes, *, nonce: str, associated_data: str) -> str:
    """Encrypt and seal `plaintext`; the answer is Base64 of the ciphertext and its 16-byte tag.

    One key must never see the same nonce twice.

    Raises:
        MalformedKey: the key is not 32 bytes.
        CannotEncrypt: the nonce is not 12 bytes.
    """
    cipher = _cipher(apiv3_key)
    if len(nonce.encode("utf-8")) != NONCE_LENGTH:
        raise CannotEncrypt("a nonce has 12 bytes")
    return encode_base64(cipher.encrypt(nonce.encode("utf-8"), plaintext, associated_data.encode("utf-8")))


def decrypt_aead(apiv3_key: str, ciphertext: str, *, nonce: str, associated_data: str) -> bytes:
    """Undo `encrypt_aead`; `associated_data` is passed on as received, empty when absent.

    Raises:
        MalformedKey: the key is not 32 bytes.
        CannotDecrypt: the message was changed, or belongs to another key.
    """
    cipher = _cipher(apiv3_key)
    try:
        sealed = decode_base64(ciphertext)
        return cipher.decrypt(nonce.encode("utf-8"), sealed, associated_data.encode("utf-8"))
    except (ValueError, InvalidTag) as error:
        raise CannotDecrypt("the ciphertext does not open with this key") from error


def _cipher(apiv3_key: str) -> AESGCM:
    key = apiv3_key.encode("utf-8")
    if len(key) != _KEY_LENGTH:
        raise MalformedKey("an APIv3 key has 32 bytes")
    return AESGCM(key)


def encrypt_field(public_key: RSAPublicKey, text: str) -> str:
    """Encrypt one personal field for the owner of `public_key`; each call gives another ciphertext.

    Raises:
        CannotEncrypt: more than 214 bytes of UTF-8 (for a 2048-bit key).
    """
    try:
        return encode_base64(public_key.encrypt(text.encode("utf-8"), _oaep()))
    except ValueError as error:
        raise CannotEncrypt("the field is too long for one RSA block") from error


def decrypt_field(private_key: RSAPrivateKey, ciphertext: str) -> str:
    """Undo `encrypt_field`.

    Raises:
        CannotDecrypt: changed, made for another key, or not UTF-8 inside.
    """
    try:
        return private_key.decrypt(decode_base64(ciphertext), _oaep()).decode("utf-8")
    except ValueError as error:
        raise CannotDecrypt("the field does not open with this key") from error


def _oaep() -> padding.OAEP:
    sha1 = hashes.SHA1()  # noqa: S303 (OAEP does not rest on collision resistance, and the protocol fixes SHA-1.)
    return padding.OAEP(mgf=padding.MGF1(algorithm=sha1), algorithm=sha1, label=None)
