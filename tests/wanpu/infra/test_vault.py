"""Rules of `infra/vault.py`: sealed for one purpose, opened by its key alone."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanpu.infra.vault import SealBroken, Vault

FIRST, SECOND = "first-master-key-of-thirty-two-ch", "second-master-key-of-thirty-two-c"
VAULT = Vault(FIRST)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_was_sealed_is_opened_again(text):
    assert VAULT.open(VAULT.seal(text, purpose="channel"), purpose="channel") == text


def test_the_same_text_is_sealed_differently_each_time_and_stands_in_none_of_them():
    sealed = {VAULT.seal("apiv3-secret", purpose="channel") for _ in range(20)}

    assert len(sealed) == 20
    assert not any("apiv3" in one for one in sealed)


def test_another_purpose_does_not_open_it():
    sealed = VAULT.seal("secret", purpose="channel")

    with pytest.raises(SealBroken):
        VAULT.open(sealed, purpose="member")


def test_another_master_key_does_not_open_it():
    with pytest.raises(SealBroken):
        Vault(SECOND).open(VAULT.seal("secret", purpose="channel"), purpose="channel")


def test_every_changed_bit_breaks_the_seal():
    key_id, _, body = VAULT.seal("secret", purpose="channel").partition(".")
    raw = base64.urlsafe_b64decode(body)

    for position in range(len(raw)):
        changed = bytearray(raw)
        changed[position] ^= 1
        with pytest.raises(SealBroken):
            VAULT.open(f"{key_id}.{base64.urlsafe_b64encode(changed).decode()}", purpose="channel")


@pytest.mark.parametrize("wrong", ["", ".", "x.y", "plain text"])
def test_what_was_never_sealed_is_refused(wrong):
    with pytest.raises(SealBroken):
        VAULT.open(wrong, purpose="channel")
    with pytest.raises(SealBroken):
        VAULT.open(f"{VAULT.seal('', purpose='channel').partition('.')[0]}.{wrong}", purpose="channel")


def test_a_retired_key_opens_and_the_new_one_seals():
    old = VAULT.seal("secret", purpose="channel")
    rotated = Vault(SECOND, retired_keys=[FIRST])

    assert rotated.open(old, purpose="channel") == "secret"
    assert not rotated.is_current(old)
    new = rotated.seal("secret", purpose="channel")
    assert rotated.is_current(new)
    assert Vault(SECOND).open(new, purpose="channel") == "secret"


def test_derived_keys_are_stable_and_apart_by_purpose_and_master_key():
    assert VAULT.derive("order_no") == Vault(FIRST).derive("order_no")
    assert len({VAULT.derive("order_no"), VAULT.derive("links"), Vault(SECOND).derive("order_no")}) == 3
    assert len(VAULT.derive("order_no")) == 32


def test_a_short_master_key_is_refused():
    with pytest.raises(ValueError, match="32"):
        Vault("short")


def test_a_sealed_file_opens_for_its_purpose_alone_and_shows_nothing() -> None:
    vault = Vault("k" * 32)
    content = b"\x00\xff" + "营业执照".encode() * 100

    sealed = vault.seal_bytes(content, purpose="file")

    assert content[:16] not in sealed
    assert sealed != vault.seal_bytes(content, purpose="file")
    assert vault.open_bytes(sealed, purpose="file") == content
    assert Vault("n" * 32, retired_keys=["k" * 32]).open_bytes(sealed, purpose="file") == content
    for spoilt in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[9:], b"", b"\xff.\xff"):
        with pytest.raises(SealBroken):
            vault.open_bytes(spoilt, purpose="file")
    with pytest.raises(SealBroken):
        vault.open_bytes(sealed, purpose="another")
    with pytest.raises(SealBroken):
        Vault("n" * 32).open_bytes(sealed, purpose="file")
