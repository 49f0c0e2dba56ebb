"""The v3 endpoints at their natural paths. Each authenticates, calls one rule, and answers signed."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wanpu_sandbox.key_material import random_text
from wanpu_sandbox.wechatpay import requests, schemas
from wanpu_sandbox.wechatpay.accounts import Merchant, Signer
from wanpu_sandbox.wechatpay.answers import Reply, refusal, render, success
from wanpu_sandbox.wechatpay.authentication import Call, authenticate
from wanpu_sandbox.wechatpay.errors import ProviderRefusal, system_error
from wanpu_sandbox.wechatpay.fields import read_parameter
from wanpu_sandbox.wechatpay.provider import Provider
from wanpu_wire.wechatpay.certificates import build_certificates

MAX_BODY_BYTES = 1 << 20

Answer = dict[str, Any] | bytes | None
"""A JSON object, ready bytes, or None for 204."""

Handler = Callable[[Call, Merchant, dict[str, str]], Answer]
"""Takes the authenticated call and its path parameters."""


class BodyTooLarge(Exception):
    """The body passes `MAX_BODY_BYTES`."""


def routes(provider: Provider) -> list[Route]:
    """All v3 routes; whatever is not among them does not exist, and answers 404 without a body."""
    plain = PlainEndpoints(provider)
    combined = CombinedEndpoints(provider)
    direct, partner = "/v3/pay/transactions", "/v3/pay/partner/transactions"
    table: list[tuple[str, str, Handler]] = [
        ("POST", f"{direct}/native", plain.create_direct),
        ("GET", f"{direct}/id/{{transaction_id}}", plain.query_direct_transaction),
        ("GET", f"{direct}/out-trade-no/{{out_trade_no}}", plain.query_direct),
        ("POST", f"{direct}/out-trade-no/{{out_trade_no}}/close", plain.close_direct),
        ("POST", f"{partner}/native", plain.create_partner),
        ("GET", f"{partner}/id/{{transaction_id}}", plain.query_partner_transaction),
        ("GET", f"{partner}/out-trade-no/{{out_trade_no}}", plain.query_partner),
        ("POST", f"{partner}/out-trade-no/{{out_trade_no}}/close", plain.close_partner),
        ("POST", "/v3/combine-transactions/native", combined.create),
        ("GET", "/v3/combine-transactions/out-trade-no/{combine_out_trade_no}", combined.query),
        ("POST", "/v3/combine-transactions/out-trade-no/{combine_out_trade_no}/close", combined.close),
        ("GET", "/v3/certificates", CertificateEndpoint(provider).download),
    ]
    return [_route(path, _endpoint(provider, handler), method) for method, path, handler in table]


class PlainEndpoints:
    """Native下单, 查询订单, 关闭订单, for direct merchants and for service providers."""

    def __init__(self, provider: Provider) -> None:
        self._accounts = provider.accounts
        self._transactions = provider.transactions

    def create_direct(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """POST …/native of a direct merchant."""
        return {"code_url": self._transactions.create(requests.read_direct_order(call.body, merchant))}

    def create_partner(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """POST …/native of a service provider."""
        new = requests.read_partner_order(call.body, merchant, self._accounts)
        return {"code_url": self._transactions.create(new)}

    def query_direct(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """GET …/out-trade-no/{out_trade_no}?mchid=."""
        number = read_parameter(schemas.OUT_TRADE_NO, path["out_trade_no"], location="url")
        return self._transactions.query(requests.read_direct_book(call.query, merchant), number)

    def query_partner(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """GET …/out-trade-no/{out_trade_no}?sp_mchid=&sub_mchid=."""
        number = read_parameter(schemas.OUT_TRADE_NO, path["out_trade_no"], location="url")
        book = requests.read_partner_book(call.query, merchant, self._accounts)
        return self._transactions.query(book, number)

    def query_direct_transaction(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """GET …/id/{transaction_id}?mchid=."""
        number = read_parameter(schemas.TRANSACTION_ID, path["transaction_id"], location="url")
        return self._transactions.query_transaction(requests.read_direct_book(call.query, merchant), number)

    def query_partner_transaction(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """GET …/id/{transaction_id}?sp_mchid=&sub_mchid=."""
        number = read_parameter(schemas.TRANSACTION_ID, path["transaction_id"], location="url")
        book = requests.read_partner_book(call.query, merchant, self._accounts)
        return self._transactions.query_transaction(book, number)

    def close_direct(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """POST …/close of a direct merchant."""
        number = read_parameter(schemas.OUT_TRADE_NO, path["out_trade_no"], location="url")
        self._transactions.close(requests.read_direct_close(call.body, merchant), number)
        return None

    def close_partner(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """POST …/close of a service provider."""
        number = read_parameter(schemas.OUT_TRADE_NO, path["out_trade_no"], location="url")
        book = requests.read_partner_close(call.body, merchant, self._accounts)
        self._transactions.close(book, number)
        return None


class CombinedEndpoints:
    """合单Native下单, 合单查询订单, 合单关闭订单."""

    def __init__(self, provider: Provider) -> None:
        self._accounts = provider.accounts
        self._transactions = provider.transactions

    def create(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """POST …/native, for all sub-orders at once."""
        new = requests.read_combination(call.body, merchant, self._accounts)
        return {"code_url": self._transactions.create(new)}

    def query(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """GET …/out-trade-no/{combine_out_trade_no}."""
        return self._transactions.query_combination(merchant.mchid, _combine_number(path))

    def close(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """POST …/close, naming all sub-orders."""
        ask = requests.read_combine_close(call.body, merchant)
        self._transactions.close_combination(merchant.mchid, _combine_number(path), ask)
        return None


class CertificateEndpoint:
    """下载平台证书."""

    def __init__(self, provider: Provider) -> None:
        self._accounts = provider.accounts
        self._settings = provider.merchant_settings

    def download(self, call: Call, merchant: Merchant, path: dict[str, str]) -> Answer:
        """Every listed certificate; all are RSA, so a call that wants SM2 alone finds none."""
        algorithm = call.query.get("algorithm_type", "RSA")
        read_parameter(schemas.ALGORITHM_TYPE, algorithm, location="query")
        has_certificate = self._settings.get(merchant.mchid).has_platform_certificate
        if not has_certificate or algorithm == "SM2":
            message = "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。"
            raise ProviderRefusal(404, "RESOURCE_NOT_EXISTS", message)
        certificates = self._accounts.listed_certificates()
        nonces = [random_text(12) for _ in certificates]
        return build_certificates(certificates, merchant.apiv3_key, nonces=nonces)


def _route(path: str, endpoint: Callable[[Request], Awaitable[Response]], method: str) -> Route:
    route = Route(path, endpoint)
    route.methods = {method}  # Starlette would let HEAD in beside GET.
    return route


def _combine_number(path: dict[str, str]) -> str:
    return read_parameter(schemas.COMBINE_OUT_TRADE_NO, path["combine_out_trade_no"], location="url")


def _endpoint(provider: Provider, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        try:
            body = await _read_body(request)
        except BodyTooLarge:
            return Response(status_code=413)
        call = Call(
            method=request.method,
            path=request.scope["path"],
            target=_raw_target(request),
            headers=request.headers,
            query=request.query_params,
            body=body,
        )
        faults = provider.faults.take_answer_faults(call.method, call.path)
        if all(fault.processed for fault in faults):
            reply = _process(provider, handler, call, request.path_params)
        else:
            reply = refusal(system_error())
        timestamp = int(provider.clock.signature_now().timestamp()) + provider.faults.clock_skew_s
        return await render(reply, faults, timestamp=timestamp)

    return serve


def _raw_target(request: Request) -> str:
    """Path and query exactly as they came over the wire, which is what the caller signed."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def _process(provider: Provider, handler: Handler, call: Call, path: dict[str, str]) -> Reply:
    try:
        merchant = authenticate(call, provider.accounts, now=provider.clock.signature_now())
        answer = handler(call, merchant, path)
    except ProviderRefusal as error:
        return refusal(error)
    return success(answer, _answer_signer(provider, call, merchant))


def _answer_signer(provider: Provider, call: Call, merchant: Merchant) -> Signer:
    """The request's `Wechatpay-Serial` asks for the public-key mode; otherwise a certificate signs."""
    if call.headers.get("wechatpay-serial") == merchant.public_key_signer.serial:
        return merchant.public_key_signer
    return provider.accounts.platform_signer


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
    return bytes(body)
