"""Rules of `infra/tokens.py` and `passwords.py`."""

import asyncio
import hashlib
import random
import re

import pytest

from wanpu.infra.passwords import MAX_LENGTH, Passwords, PasswordTooWeak, check_strength
from wanpu.infra.tokens import Tokens


class Seeded:
    """A source of randomness for simulations."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def token_bytes(self, nbytes):
        return self._random.randbytes(nbytes)


def test_a_token_has_256_random_bits_and_only_its_digest_is_kept():
    tokens = Tokens()
    made = [tokens.new() for _ in range(100)]

    assert len({token for token, _ in made}) == 100
    for token, digest in made:
        assert re.fullmatch("[0-9a-f]{64}", token)
        assert digest == hashlib.sha256(token.encode()).hexdigest() == tokens.digest(token)
        assert token != digest


def test_a_number_is_its_prefix_and_random_capitals_and_digits():
    tokens = Tokens()
    numbers = {tokens.number("A", 24) for _ in range(1000)}

    assert len(numbers) == 1000
    assert all(re.fullmatch("A[0-9A-Z]{23}", number) for number in numbers)
    assert {character for number in numbers for character in number[1:]} == set(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    )


@pytest.mark.parametrize(("prefix", "length"), [("A", 33), ("A", 12), ("PREFIXPREFIXPREFIXPREF", 32)])
def test_a_number_that_no_channel_takes_or_anybody_guesses_is_refused(prefix, length):
    with pytest.raises(ValueError, match="do not fit"):
        Tokens().number(prefix, length)


def test_a_seed_gives_the_same_tokens_again():
    def draw():
        tokens = Tokens(Seeded(7))
        return tokens.new(), tokens.number("P", 32)

    assert draw() == draw()


async def test_a_password_is_known_by_its_hash_alone():
    passwords = Passwords()
    hashed = await passwords.hash("correct horse 1")

    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify("correct horse 1", hashed) is True
    assert await passwords.verify("correct horse 2", hashed) is False
    assert await passwords.hash("correct horse 1") != hashed


@pytest.mark.parametrize("stored", ["", "plain", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$broken"])
async def test_a_stored_value_that_is_no_hash_of_ours_never_matches(stored):
    assert await Passwords().verify("plain", stored) is False


async def test_a_password_beyond_the_limit_is_not_even_computed():
    passwords = Passwords()

    assert await passwords.verify("x" * (MAX_LENGTH + 1), await passwords.hash("y" * 8)) is False


async def test_an_unknown_account_costs_a_verification_and_never_matches():
    passwords = Passwords()

    assert await passwords.verify_dummy("anything") is False
    assert await passwords.verify_dummy("x" * 5000) is False


async def test_hashing_never_stops_the_event_loop():
    passwords = Passwords()
    ticks = 0
    hashing = asyncio.gather(*(passwords.hash("correct horse") for _ in range(4)))
    while not hashing.done():
        ticks += 1
        await asyncio.sleep(0.001)

    assert len(set(await hashing)) == 4
    assert ticks > 4


@pytest.mark.parametrize("password", ["Abc12345x", "correct horse", "密码要长一点才好", "x1y2" * 32])
def test_a_password_that_is_not_easily_guessed_is_taken(password):
    check_strength(password)


@pytest.mark.parametrize("password", ["", "1234567", "xyz" * 43, "aaaaaaaa", "abababab", "Password"])
def test_a_password_that_everybody_tries_first_is_refused(password):
    with pytest.raises(PasswordTooWeak) as refusal:
        check_strength(password)
    assert refusal.value.code == "auth.password_too_weak"
    assert refusal.value.details == {"field": "password"}
