"""Names of uploads are made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanpu.infra.storage.content import Kind
from wanpu.infra.storage.file_names import MAX_LENGTH, clean_name


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("营业执照.jpg", "营业执照.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("..\\..\\windows\\system32\\cmd.exe", "cmd.jpg"),
        ("/etc/cron.d/x.php", "x.jpg"),
        ("photo.php.jpg", "photo.php.jpg"),
        ("a\0b\r\nSet-Cookie: x.jpg", "abSet-Cookie x.jpg"),
        ("\u202egpj.exe", "gpj.jpg"),
        ("茶杯😀🍵.png", "茶杯😀🍵.jpg"),
        ("👩\u200d👧 👩🏽\u200d🚀 ❤\ufe0f\u200d🔥.png", "👩\u200d👧 👩🏽\u200d🚀 ❤\ufe0f\u200d🔥.jpg"),
        ("\u200da\u200db👩\u200d.png\u200d", "ab👩.jpg"),
        ("cafe\u0301.png", "caf\u00e9.jpg"),
        ("", "file.jpg"),
        ("...", "file.jpg"),
        (".htaccess", "file.jpg"),
        ('"><img src=x>.jpg', "img src=x.jpg"),
    ],
)
def test_a_name_is_made_harmless(given_name: str, shown: str) -> None:
    assert clean_name(given_name, Kind.JPEG) == shown


def test_a_long_name_is_cut_and_keeps_its_ending() -> None:
    assert clean_name("长" * 5000 + ".png", Kind.PNG) == "长" * MAX_LENGTH + ".png"


@given(st.text())
def test_no_name_holds_a_folder_or_a_hidden_character(name: str) -> None:
    shown = clean_name(name, Kind.PDF)

    assert shown.endswith(".pdf")
    assert 5 <= len(shown) <= MAX_LENGTH + 4
    assert not set(shown) & set('/\\\0\r\n<>"')
    assert not shown.startswith(".")
