"""Pay links: whoever was given one may open the cashier, and nobody can make one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanpu.infra.vault import Vault
from wanpu.order.links import PayLinks

ORDER_NO = "202611220123456789"


def make_links(key: str = "kq3V9xw0cJbY7mZr2TfLhN8uPdGaE5sX") -> PayLinks:
    return PayLinks(Vault(key))


def proof_of(url: str) -> str:
    return url.partition("?t=")[2]


def test_a_link_opens_its_own_order_alone() -> None:
    links = make_links()

    url = links.url(ORDER_NO)

    assert url.startswith(f"/pay/{ORDER_NO}?t=")
    assert links.is_valid(ORDER_NO, proof_of(url))
    assert not links.is_valid("202611220123456780", proof_of(url))


def test_another_master_key_makes_another_proof() -> None:
    foreign = make_links("zz3V9xw0cJbY7mZr2TfLhN8uPdGaE5sY")

    assert not make_links().is_valid(ORDER_NO, proof_of(foreign.url(ORDER_NO)))


@pytest.mark.parametrize("proof", ["", "0" * 32, "é" * 32, "\0"])
def test_a_proof_that_was_made_up_opens_nothing(proof: str) -> None:
    assert not make_links().is_valid(ORDER_NO, proof)


@given(st.integers(0, 31), st.sampled_from("0123456789abcdef"))
def test_one_changed_character_breaks_the_proof(position: int, character: str) -> None:
    links = make_links()
    proof = proof_of(links.url(ORDER_NO))
    changed = proof[:position] + character + proof[position + 1 :]

    assert links.is_valid(ORDER_NO, changed) is (changed == proof)
    assert not links.is_valid(ORDER_NO, proof.upper()) or proof.isdigit()
