"""Typed access to members of a JSON object that somebody else wrote."""

from typing import Any

from wanpu_wire.wechatpay.errors import MalformedBody


def object_of(value: Any, where: str) -> dict[str, Any]:
    """`value`, when it is a JSON object; `where` names it in the error."""
    if not isinstance(value, dict):
        raise MalformedBody(f"{where} is not an object")
    return value


def required_object(members: dict[str, Any], name: str) -> dict[str, Any]:
    """The object member `name`."""
    return object_of(members.get(name), name)


def required_list(members: dict[str, Any], name: str) -> list[Any]:
    """The list member `name`."""
    value = members.get(name)
    if not isinstance(value, list):
        raise MalformedBody(f"{name} is not a list")
    return value


def required_text(members: dict[str, Any], name: str) -> str:
    """The text member `name`; empty text counts as missing, as it does for WeChat Pay."""
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedBody(f"{name} is not a text")
    return value


def optional_text(members: dict[str, Any], name: str) -> str:
    """The text member `name`, or an empty text when it is absent or null."""
    value = members.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedBody(f"{name} is not a text")
    return value


def required_integer(members: dict[str, Any], name: str) -> int:
    """The whole-number member `name`; `true`, `1.0` and `"1"` are not whole numbers."""
    value = members.get(name)
    if type(value) is not int:
        raise MalformedBody(f"{name} is not a whole number")
    return value
