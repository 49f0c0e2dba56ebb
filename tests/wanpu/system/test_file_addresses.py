"""Addresses of stored files: which text is one, and which ones a page holds."""

import pytest

from wanpu.system.rules.file_addresses import file_addresses_in, is_file_address


def test_files_in_a_page_are_found_by_their_addresses() -> None:
    page = """
        <p>/file/x.png</p><img src="/files/detail/a_1.png?w=3"><img src='https://img.shop.cn/detail/b.webp'>
        <div style="background:url(&#47;files/c.png)"></div><a href="https://shop.cn/files/d.pdf#2">d</a>
    """

    assert file_addresses_in(page) == {
        "/files/detail/a_1.png",
        "https://img.shop.cn/detail/b.webp",
        "/files/c.png",
        "https://shop.cn/files/d.pdf",
        "/files/d.pdf",
    }
    assert file_addresses_in("<p>杯</p>") == set()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://img.shop.cn/a/b.jpg-thumb", "https://img.shop.cn/a/b.jpg"),
        ("https://img.shop.cn/a/b.jpg!small", "https://img.shop.cn/a/b.jpg"),
        ("https://img.shop.cn/a/b.jpg@100w_1e", "https://img.shop.cn/a/b.jpg"),
        ("https://img.shop.cn/a/b_small.webp/w/100", "https://img.shop.cn/a/b_small.webp"),
        ("https://shop.cn/files/b.jpg_200x200.jpg", "/files/b.jpg"),
        ("见 /files/b.jpg.", "/files/b.jpg"),
        ("/files/b.pdf...", "/files/b.pdf"),
        ("/files/b.jpg...thumb", "/files/b.jpg"),
    ],
)
def test_an_address_is_found_though_a_style_or_a_full_stop_follows_it(text: str, address: str) -> None:
    assert address in file_addresses_in(text)


def test_the_ending_of_a_name_within_a_longer_word_ends_no_address() -> None:
    assert file_addresses_in("/files/a.jpgx.png") == {"/files/a.jpgx.png"}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("/files/photos/7.jpg", True),
        ("https://img.shop.cn/avatar/7.jpg", True),
        ("http://127.0.0.1:9000/b/7.jpg", True),
        ("/files/7.jpg?x=1", False),
        ("/files/../7.jpg", False),
        ("//img.shop.cn/7.jpg", False),
        ("/files/", False),
        ("", False),
    ],
)
def test_a_text_is_the_address_of_a_file_as_a_whole_or_not_at_all(text: str, is_one: bool) -> None:
    assert is_file_address(text) is is_one
