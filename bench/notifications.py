"""Notifications a second: verified, decrypted, stored raw and settled, each for a payment of its own."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy import insert

from bench.load import LoadFailed, wrk
from bench.report import Line
from bench.serving import served
from bench.world import PRICE_FEN, World, world
from wanpu.demo.payment_accounts import load_payment_accounts
from wanpu.infra import due_work
from wanpu.infra.models import DueWork
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.payment import audit_money
from wanpu.payment.kinds import CLOSE_PAYMENT, QUERY_ATTEMPT
from wanpu.payment.models import Payment, PaymentAttempt, PaymentPart
from wanpu.payment.states import AttemptStatus, PaymentStatus
from wanpu_sandbox.credentials import credentials, load_secrets
from wanpu_wire.wechatpay.answers import sign_answer
from wanpu_wire.wechatpay.notification import build_envelope
from wanpu_wire.wechatpay.signing import load_private_key

PORT = 8767
PAYMENTS_A_SECOND = 2500
BATCH = 500


async def measure(folder: Path, seconds: int) -> list[Line]:
    """More payments than can be settled in the time, so that no notification comes twice."""
    key = load_private_key(load_secrets(folder / "sandbox").provider.wechat_private_key_pem)
    async with world("postgresql", folder) as made:
        told = credentials(folder / "sandbox", "http://127.0.0.1:9")
        await load_payment_accounts(made.services, told, [Id(1), Id(2)])
        numbers = await _open_payments(made, PAYMENTS_A_SECOND * seconds, told["wechatpay"]["sub_mchids"][0])
        requests = [_notification(key, told["wechatpay"], number) for number in numbers]
        file = folder / "notifications.txt"
        file.write_text("".join(f"{line}\n" for request in requests for line in request), encoding="utf-8")
        with served(made, port=PORT) as url:
            path = f"{url}/notify/wechatpay/1"
            rate = wrk(path, seconds=seconds, script="notifications.lua", facts=str(file), folder=folder)
        async with made.services.db.snapshot() as session:
            findings = [finding for finding in await audit_money(session) if finding.severity == "broken"]
    if findings:
        raise LoadFailed(f"books broken after the load: {findings[:3]}")
    note = "each settles a payment of its own: raw row, transaction, ledger, event; books audited: sound"
    return [Line("notifications, postgresql", rate, notes=[note])]


async def _open_payments(made: World, count: int, sub_mchid: str) -> list[str]:
    """Payments with one open attempt of one part each; their attempt numbers."""
    now = datetime.now(UTC)
    same = {"created_at": now, "updated_at": now}
    numbers = [made.services.tokens.number("A", 28) for _ in range(count)]
    for start in range(0, count, BATCH):
        ids = range(start + 1, min(start + BATCH, count) + 1)
        payments: list[dict[str, Any]] = []
        attempts: list[dict[str, Any]] = []
        parts: list[dict[str, Any]] = []
        work: list[dict[str, Any]] = []
        for number in ids:
            attempt_no = numbers[number - 1]
            share = {"merchant_ref": "1", "amount_fen": PRICE_FEN, "profit_sharing": False}
            payments.append(
                same
                | {
                    "id": number,
                    "pay_app_id": 1,
                    "payment_no": f"P{number}",
                    "buyer_ref": "1",
                    "subject": "商品",
                    "amount_fen": PRICE_FEN,
                    "currency": "CNY",
                    "allocation": [share | {"reference": str(number), "payee_name": ""}],
                    "status": PaymentStatus.PAYING,
                    "expires_at": now + timedelta(hours=1),
                }
            )
            attempts.append(
                same
                | {
                    "id": number,
                    "payment_id": number,
                    "live_payment_id": number,
                    "attempt_no": attempt_no,
                    "method": "wechatpay.native",
                    "account_id": 1,
                    "amount_fen": PRICE_FEN,
                    "description": "商品",
                    "status": AttemptStatus.OPEN,
                    "asked_at": now,
                    "expires_at": now + timedelta(hours=1),
                }
            )
            parts.append(
                same
                | {
                    "id": number,
                    "attempt_id": number,
                    "payment_id": number,
                    "seq": 1,
                    "part_no": attempt_no,
                    "merchant_ref": "1",
                    "sub_merchant_no": sub_mchid,
                    "reference": str(number),
                    "amount_fen": PRICE_FEN,
                    "profit_sharing": False,
                }
            )
            later = now + timedelta(hours=1)
            work.append(due_work.row_for(QUERY_ATTEMPT, attempt_no, later, now))
            work.append(due_work.row_for(CLOSE_PAYMENT, str(number), later, now))
        async with made.services.db.transaction() as session:
            tables = (Payment, payments), (PaymentAttempt, attempts), (PaymentPart, parts), (DueWork, work)
            for model, rows in tables:
                await session.execute(insert(table_of(model)), rows)
    return numbers


def _notification(key: RSAPrivateKey, account: dict[str, Any], attempt_no: str) -> list[str]:
    """Time stamp, nonce, serial, signature and body, a line each."""
    now = datetime.now(UTC)
    resource = {
        "sp_mchid": account["sp_mchid"],
        "sp_appid": account["sp_appid"],
        "sub_mchid": account["sub_mchids"][0],
        "out_trade_no": attempt_no,
        "transaction_id": f"42000{secrets.randbelow(10**23):023d}",
        "trade_type": "NATIVE",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": "OTHERS",
        "attach": "",
        "success_time": f"{now + timedelta(hours=8):%Y-%m-%dT%H:%M:%S}+08:00",
        "payer": {"sp_openid": "oBenchBuyer"},
        "amount": {
            "total": PRICE_FEN,
            "payer_total": PRICE_FEN,
            "currency": "CNY",
            "payer_currency": "CNY",
        },
    }
    body = build_envelope(
        id=secrets.token_hex(16),
        create_time=resource["success_time"],
        event_type="TRANSACTION.SUCCESS",
        summary="支付成功",
        original_type="transaction",
        resource=json.dumps(resource, ensure_ascii=False).encode(),
        apiv3_key=account["apiv3_key"],
        nonce=secrets.token_hex(6),
        associated_data="transaction",
    )
    signed = sign_answer(
        key,
        account["public_key_id"],
        body,
        timestamp=int(now.timestamp()),
        nonce=secrets.token_hex(16),
    )
    return [signed.timestamp, signed.nonce, signed.serial, signed.signature, body.decode()]
