"""What mobile numbers and e-mail addresses look like."""

import pytest

from wanpu.kernel import contacts


@pytest.mark.parametrize("text", ["13800138000", "19912345678"])
def test_a_mobile_number_has_eleven_digits_and_a_mainland_prefix(text: str) -> None:
    assert contacts.require_mobile(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "12800138000",
        "1380013800",
        "138001380000",
        "+8613800138000",
        "１３８００１３８０００",
        "1380013800\n",
        "",
    ],
)
def test_other_mobile_numbers_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="mobile"):
        contacts.require_mobile(text)


@pytest.mark.parametrize("text", ["a@b.cn", "li.lei+mall@mail.example.com"])
def test_an_email_address_names_a_mailbox_and_a_domain(text: str) -> None:
    assert contacts.require_email(text) == text


@pytest.mark.parametrize("text", ["", "a@b", "a b@c.cn", "a@b.cn\nBcc: c@d.cn", "@b.cn", "a" * 95 + "@b.com"])
def test_other_email_addresses_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="email"):
        contacts.require_email(text)


def test_a_mobile_number_is_shown_without_its_middle() -> None:
    assert contacts.mask_mobile("13800138000") == "138****8000"


def test_an_email_address_is_shown_without_its_mailbox() -> None:
    assert contacts.mask_email("li.lei@example.com") == "l***@example.com"
