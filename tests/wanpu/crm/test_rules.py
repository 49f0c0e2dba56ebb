"""What names, numbers and addresses look like."""

import pytest

from wanpu.crm import rules


@pytest.mark.parametrize("text", ["li", "李雷", "a" * 50, "li.lei_2-x", "  li  "])
def test_a_username_has_2_to_50_letters_digits_and_three_marks(text: str) -> None:
    assert rules.require_username(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", "a", "a" * 51, "li lei", "li\nlei", "li\u202elei", "li@x", "13800138000", "<b>", "\u200b\u200b"],
)
def test_other_usernames_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(must|may)"):
        rules.require_username(text)


@pytest.mark.parametrize("text", ["13800138000", "0571-88001234", "+86 138 0013 8000"])
def test_a_courier_can_call_mobiles_and_landlines(text: str) -> None:
    assert rules.require_telephone(text) == text


@pytest.mark.parametrize("text", ["", "12345", "phone", "138-0013-8000-", "1" * 21])
def test_other_telephone_numbers_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="telephone"):
        rules.require_telephone(text)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "//elsewhere.example/a.png",
        "https://user@img.shop.cn/a.png",
        "https://img.shop.cn/a.png?x=1",
        "https://img.shop.cn/../a.png",
        "https:///a.png",
        "/files/../etc/passwd",
        "/files/a b.png",
        "",
    ],
)
def test_a_picture_has_the_address_of_a_stored_file(text: str) -> None:
    for fine in ("/files/photos/7.jpg", "https://img.shop.cn/avatar/7.jpg", "http://127.0.0.1:9000/b/7.jpg"):
        assert rules.require_picture_url(fine) == fine
    with pytest.raises(ValueError, match="/files/"):
        rules.require_picture_url(text)
