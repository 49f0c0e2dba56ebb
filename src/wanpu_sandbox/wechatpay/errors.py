"""Refusals as WeChat Pay words them: HTTP status, code, text, and the number at the end of Request-ID."""

from dataclasses import dataclass
from typing import Any

_VALUE_LENGTH = 128


@dataclass(frozen=True, slots=True)
class FieldDetail:
    """Which input was wrong: a JSON pointer in the body, or the name of a path or query parameter."""

    field: str
    value: Any
    issue: str
    location: str

    def as_json(self) -> dict[str, Any]:
        """The `detail` of an answer; a long text is cut."""
        value = self.value[:_VALUE_LENGTH] if isinstance(self.value, str) else self.value
        return {"field": self.field, "value": value, "issue": self.issue, "location": self.location}


class ProviderRefusal(Exception):
    """An answer other than 2xx. `number` is the numeric error code (0 where none is known).

    `has_request_id` is false for the one family of answers that carries no Request-ID.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        number: int = 0,
        detail: FieldDetail | None = None,
        has_request_id: bool = True,
    ) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.number = number
        self.detail = detail
        self.has_request_id = has_request_id

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.detail is not None:
            body["detail"] = self.detail.as_json()
        return body


def param_error(
    message: str, *, field: str, value: Any = None, location: str = "body", number: int = 268435461
) -> ProviderRefusal:
    """400 PARAM_ERROR that names the input; `issue` repeats the message, as the server does."""
    detail = FieldDetail(field, value, message, location)
    return ProviderRefusal(400, "PARAM_ERROR", message, number=number, detail=detail)


def sign_error(message: str, *, has_request_id: bool = True) -> ProviderRefusal:
    """401 SIGN_ERROR."""
    return ProviderRefusal(401, "SIGN_ERROR", message, number=268443699, has_request_id=has_request_id)


def order_not_exist() -> ProviderRefusal:
    """404: no such order in the book that the request names."""
    return ProviderRefusal(404, "ORDER_NOT_EXIST", "订单不存在", number=268512771)


def order_paid() -> ProviderRefusal:
    """400: the order is paid. The code is inferred; see docs/sandbox.md."""
    return ProviderRefusal(400, "ORDERPAID", "该订单已支付", number=268449538)


def order_closed() -> ProviderRefusal:
    """400: the number was closed or has expired, and is never taken again."""
    return ProviderRefusal(400, "ORDER_CLOSED", "该订单已关闭", number=268447914)


def number_used(message: str = "商户订单号重复") -> ProviderRefusal:
    """403: the number belongs to another order, or the same order with other parameters."""
    return ProviderRefusal(403, "OUT_TRADE_NO_USED", message, number=268498688)


def appid_mismatch() -> ProviderRefusal:
    """400: the appid is not bound to the merchant."""
    return ProviderRefusal(
        400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配，请检查后再试", number=268445527
    )


def merchant_unknown() -> ProviderRefusal:
    """400: no merchant has this number."""
    return ProviderRefusal(400, "MCH_NOT_EXISTS", "商户号不存在")


def no_contract(code: str) -> ProviderRefusal:
    """403: the sub-merchant has no contract with this provider. Combined orders spell the code NOAUTH."""
    return ProviderRefusal(403, code, "特约商户与服务商没有绑定关系", number=268443701)


def system_error() -> ProviderRefusal:
    """500: nothing is known about the outcome."""
    return ProviderRefusal(500, "SYSTEM_ERROR", "系统异常，请稍后重试")
