"""The demo's payment accounts: a service provider at the sandbox with one sub-merchant per shop."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.payment.models import ChannelAccount, SubMerchant
from wanpu.payment.service.accounts import (
    NewChannelAccount,
    add_pay_app,
    save_channel_account,
    save_sub_merchant,
    secrets_purpose,
)

MALL_APP = "mall"
_PUBLIC = ("merchant_serial_no", "merchant_certificate_pem", "public_key_id", "public_key_pem")
_SECRET = ("apiv3_key", "merchant_private_key_pem")


class TooFewSubMerchants(ValueError):
    """The sandbox has fewer sub-merchant numbers than the demo has shops."""


async def load_payment_accounts(
    services: Services, sandbox_credentials: Mapping[str, Any], merchant_ids: Sequence[Id]
) -> None:
    """Let the mall take money for these merchants at the sandbox; what stands already stays untouched.

    Raises:
        TooFewSubMerchants: there is no number for one of the merchants.
    """
    wechatpay = sandbox_credentials["wechatpay"]
    numbers = wechatpay["sub_mchids"]
    if len(numbers) < len(merchant_ids):
        raise TooFewSubMerchants(f"{len(numbers)} numbers for {len(merchant_ids)} shops")
    app_id = await add_pay_app(services, code=MALL_APP, name="万铺商城")
    account_id = await _load_account(services, _new_account(sandbox_credentials["base_url"], wechatpay))
    known = await _list_sub_merchants(services, account_id)
    for merchant_id, number in zip(merchant_ids, numbers, strict=False):
        if known.get(str(merchant_id)) != number:
            await save_sub_merchant(
                services,
                pay_app_id=app_id,
                account_id=account_id,
                merchant_ref=str(merchant_id),
                sub_merchant_no=number,
            )


def _new_account(base_url: str, wechatpay: Mapping[str, Any]) -> NewChannelAccount:
    return NewChannelAccount(
        channel="wechatpay",
        mode="partner",
        name="演示服务商",
        account_no=wechatpay["sp_mchid"],
        app_id=wechatpay["sp_appid"],
        settings={
            **{name: wechatpay[name] for name in _PUBLIC},
            "platform_certificates": list(wechatpay["platform_certificates"]),
            "base_url": base_url,
        },
        secrets={name: wechatpay[name] for name in _SECRET},
    )


async def _load_account(services: Services, new: NewChannelAccount) -> Id:
    """The account with these settings and secrets; written only where it differs."""
    statement = select(ChannelAccount).where(
        ChannelAccount.channel == new.channel,
        ChannelAccount.account_no == new.account_no,
        ChannelAccount.app_id == new.app_id,
    )
    async with services.db.reading() as session:
        account = (await session.execute(statement)).scalar_one_or_none()
    if account is not None and account.settings == new.settings:
        purpose = secrets_purpose(new.channel, new.account_no)
        if json.loads(services.vault.open(account.secrets, purpose=purpose)) == new.secrets:
            return account.id
    return await save_channel_account(services, new)


async def _list_sub_merchants(services: Services, account_id: Id) -> dict[str, str]:
    """Numbers at the account, by merchant."""
    statement = select(SubMerchant.merchant_ref, SubMerchant.sub_merchant_no).where(
        SubMerchant.account_id == account_id
    )
    async with services.db.reading() as session:
        return {row.merchant_ref: row.sub_merchant_no for row in await session.execute(statement)}
