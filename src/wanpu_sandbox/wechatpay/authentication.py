"""The checks that every v3 request passes before its body is read, in the server's order.

Source: recorded answers of the production server for each defect; 签名验证失败 texts of the documentation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wanpu_sandbox.wechatpay.accounts import Accounts, Merchant
from wanpu_sandbox.wechatpay.errors import ProviderRefusal, sign_error
from wanpu_wire.wechatpay.errors import MalformedAuthorization, WrongAuthorizationScheme
from wanpu_wire.wechatpay.signing import (
    MAX_CLOCK_SKEW_S,
    Authorization,
    is_valid,
    parse_authorization,
    request_message,
)

_PAY_FAMILY = ("/v3/pay/transactions/", "/v3/pay/partner/transactions/")


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came over the wire. `target` is the raw path and query; `headers` ignore case."""

    method: str
    path: str
    target: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


def authenticate(call: Call, accounts: Accounts, *, now: datetime) -> Merchant:
    """Prove who calls. `now` is the machine's time.

    Raises:
        ProviderRefusal: 400 INVALID_REQUEST without Accept or User-Agent, else 401 SIGN_ERROR.
    """
    is_pay_family = call.path.startswith(_PAY_FAMILY)
    if not is_pay_family and not (call.headers.get("accept") and call.headers.get("user-agent")):
        raise ProviderRefusal(400, "INVALID_REQUEST", "Http头缺少Accept或User-Agent", number=268435461)
    authorization = _read_authorization(call, is_pay_family=is_pay_family)
    has_request_id = not is_pay_family
    if abs(now.timestamp() - int(authorization.timestamp)) > MAX_CLOCK_SKEW_S:
        message = "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"
        raise sign_error(message, has_request_id=has_request_id)
    merchant = accounts.find(authorization.mchid)
    if merchant is None:
        raise sign_error("商户未申请过证书。", has_request_id=has_request_id)
    if authorization.serial_no != merchant.serial_no:
        message = "商户证书序列号有误。请使用签名私钥匹配的证书序列号"
        raise sign_error(message, has_request_id=has_request_id)
    signed = request_message(
        call.method, call.target, authorization.timestamp, authorization.nonce, call.body
    )
    if not is_valid(merchant.public_key, signed, authorization.signature):
        raise sign_error("签名错误", has_request_id=has_request_id)
    return merchant


def _read_authorization(call: Call, *, is_pay_family: bool) -> Authorization:
    """The payment endpoints have one answer for every defect of the header, and no Request-ID on it."""
    try:
        return parse_authorization(call.headers.get("authorization"))
    except (MalformedAuthorization, WrongAuthorizationScheme) as error:
        if is_pay_family:
            raise sign_error("签名信息错误，验签失败", has_request_id=False) from error
        if isinstance(error, WrongAuthorizationScheme):
            raise sign_error("HTTP头Authorization认证类型不正确") from error
        message = "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"
        raise sign_error(message) from error
