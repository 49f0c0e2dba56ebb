"""The bodies that the Native endpoints take, field by field.

Source: WeChat Pay API v3, Native下单, 服务商 Native下单, 合单Native下单, 关闭订单, 合单关闭订单.
"""

from wanpu_sandbox.wechatpay.fields import Field, Flag, Foreign, Group, Items, Text, Time, Whole

MAX_AMOUNT_FEN = 1_000_000_000
"""10 000 000 yuan: documented for a sub-order, inferred for a plain order and for a combination's sum."""

MAX_SUBSIDY_FEN = 500_000
"""5 000 yuan."""

NUMBER_PATTERN = r"[0-9A-Za-z_\-|*]+"
COMBINE_NUMBER_PATTERN = r"[0-9A-Za-z_\-|*@]+"
MAX_DETAIL_BYTES = 6144

MCHID = Text(name="mchid", label="商户号", required=True, shortest=1, longest=32)
SP_MCHID = Text(name="sp_mchid", label="服务商户号", required=True, shortest=1, longest=32)
SUB_MCHID = Text(name="sub_mchid", label="子商户号/二级商户号", required=True, shortest=1, longest=32)
OUT_TRADE_NO = Text(
    name="out_trade_no",
    label="商户订单号",
    required=True,
    shortest=6,
    longest=32,
    pattern=NUMBER_PATTERN,
)
COMBINE_OUT_TRADE_NO = Text(
    name="combine_out_trade_no",
    label="合单商户订单号",
    required=True,
    shortest=2,
    longest=32,
    pattern=COMBINE_NUMBER_PATTERN,
)
ALGORITHM_TYPE = Text(name="algorithm_type", label="算法类型", longest=3, pattern="RSA|SM2|ALL")
TRANSACTION_ID = Text(name="transaction_id", label="微信支付订单号", required=True, shortest=1, longest=32)
_SUB_APPID = Text(name="sub_appid", label="子商户应用ID", shortest=1, longest=32)
_DESCRIPTION = Text(name="description", label="商品描述", required=True, shortest=1, longest=127)
_ATTACH = Text(name="attach", label="商户数据包", longest=128)
_GOODS_TAG = Text(name="goods_tag", label="订单优惠标记", longest=32)
_NOTIFY_URL = Text(name="notify_url", label="商户回调地址", required=True, shortest=1, longest=256)
_TIME_EXPIRE = Time(name="time_expire", label="支付结束时间")
_TIME_START = Time(name="time_start", label="交易起始时间")
_LIMIT_PAY = Items(
    name="limit_pay", label="指定支付方式", entry=Text(name="", label="指定支付方式", longest=32)
)
_PROFIT_SHARING = Flag(name="profit_sharing", label="是否指定分账")
_SETTLE_INFO = Group(name="settle_info", label="结算信息", fields=(_PROFIT_SHARING,))
_CURRENCY = Text(name="currency", label="货币类型", longest=16, pattern="CNY")
_AMOUNT = Group(
    name="amount",
    label="订单金额",
    required=True,
    fields=(
        Whole(name="total", label="总金额", required=True, smallest=1, largest=MAX_AMOUNT_FEN),
        _CURRENCY,
    ),
)
_STORE_INFO = Group(
    name="store_info",
    label="商户门店信息",
    fields=(
        Text(name="id", label="门店编号", required=True, shortest=1, longest=32),
        Text(name="name", label="门店名称", longest=256),
        Text(name="area_code", label="地区编码", longest=32),
        Text(name="address", label="详细地址", longest=512),
    ),
)
_DEVICE_ID = Text(name="device_id", label="商户端设备号", longest=32)
_SCENE_INFO = Group(
    name="scene_info",
    label="场景信息",
    fields=(Text(name="payer_client_ip", label="用户终端IP", longest=45), _DEVICE_ID, _STORE_INFO),
)
_COMBINE_SCENE_INFO = Group(
    name="scene_info",
    label="场景信息",
    fields=(
        Text(name="payer_client_ip", label="用户终端IP", required=True, shortest=1, longest=45),
        _DEVICE_ID,
    ),
)
_PRODUCT_ID = Foreign(
    name="product_id",
    label="商品ID",
    reason="Native 模式一（用户扫码后由商户下单）不在 APIv3 中，请用模式二：先下单，再展示 code_url",
)
_GOODS = Group(
    name="",
    label="单品",
    fields=(
        Text(name="merchant_goods_id", label="商户侧商品编码", required=True, shortest=1, longest=32),
        Text(name="wechatpay_goods_id", label="微信支付商品编码", longest=32),
        Text(name="goods_name", label="商品名称", longest=256),
        Whole(name="quantity", label="商品数量", required=True, smallest=1),
        Whole(name="unit_price", label="商品单价", required=True),
    ),
)
_DETAIL = Group(
    name="detail",
    label="优惠功能",
    fields=(
        Whole(name="cost_price", label="订单原价"),
        Text(name="invoice_id", label="商品小票ID", longest=32),
        Items(name="goods_detail", label="单品列表", entry=_GOODS),
    ),
    most_bytes=MAX_DETAIL_BYTES,
)
_PLAIN_FIELDS: tuple[Field, ...] = (
    _DESCRIPTION,
    OUT_TRADE_NO,
    _TIME_EXPIRE,
    _ATTACH,
    _NOTIFY_URL,
    _GOODS_TAG,
    Flag(name="support_fapiao", label="电子发票入口开放标识"),
    _LIMIT_PAY,
    _AMOUNT,
    _DETAIL,
    _SCENE_INFO,
    _SETTLE_INFO,
    _PRODUCT_ID,
)

DIRECT_NATIVE: tuple[Field, ...] = (
    Text(name="appid", label="公众号ID", required=True, shortest=1, longest=32),
    MCHID,
    *_PLAIN_FIELDS,
)
PARTNER_NATIVE: tuple[Field, ...] = (
    Text(name="sp_appid", label="服务商应用ID", required=True, shortest=1, longest=32),
    SP_MCHID,
    _SUB_APPID,
    SUB_MCHID,
    *_PLAIN_FIELDS,
)
DIRECT_CLOSE: tuple[Field, ...] = (MCHID,)
PARTNER_CLOSE: tuple[Field, ...] = (SP_MCHID, SUB_MCHID)

_COMBINE_APPID = Text(name="combine_appid", label="合单商户appid", required=True, shortest=1, longest=32)
_OPTIONAL_SUB_MCHID = Text(name="sub_mchid", label="二级商户号", shortest=1, longest=32)
_SUB_ORDER = Group(
    name="",
    label="子单信息",
    fields=(
        MCHID,
        _OPTIONAL_SUB_MCHID,
        _SUB_APPID,
        OUT_TRADE_NO,
        _DESCRIPTION,
        Text(name="attach", label="附加数据", required=True, longest=128),
        Group(
            name="amount",
            label="订单金额",
            required=True,
            fields=(
                Whole(
                    name="total_amount",
                    label="标价金额",
                    required=True,
                    smallest=1,
                    largest=MAX_AMOUNT_FEN,
                ),
                Text(name="currency", label="标价币种", required=True, longest=8, pattern="CNY"),
            ),
        ),
        _GOODS_TAG,
        Text(name="detail", label="商品详情", longest=MAX_DETAIL_BYTES),
        Group(
            name="settle_info",
            label="结算信息",
            fields=(
                _PROFIT_SHARING,
                Whole(name="subsidy_amount", label="补差金额", largest=MAX_SUBSIDY_FEN),
            ),
        ),
    ),
)


def combine_native(*, fewest: int, most: int) -> tuple[Field, ...]:
    """合单Native下单, with the number of sub-orders that the caller's mode allows."""
    return (
        _COMBINE_APPID,
        Text(name="combine_mchid", label="合单商户号", required=True, shortest=1, longest=32),
        COMBINE_OUT_TRADE_NO,
        _COMBINE_SCENE_INFO,
        Items(
            name="sub_orders",
            label="子单信息",
            required=True,
            entry=_SUB_ORDER,
            fewest=fewest,
            most=most,
        ),
        Group(
            name="combine_payer_info",
            label="支付者",
            fields=(
                Text(name="openid", label="用户标识", longest=128),
                Text(name="sub_openid", label="用户子标识", longest=128),
            ),
        ),
        _TIME_START,
        _TIME_EXPIRE,
        _NOTIFY_URL,
        _LIMIT_PAY,
        _PRODUCT_ID,
    )


COMBINE_CLOSE: tuple[Field, ...] = (
    _COMBINE_APPID,
    Items(
        name="sub_orders",
        label="子单信息",
        required=True,
        fewest=1,
        most=50,
        entry=Group(
            name="",
            label="子单信息",
            fields=(MCHID, _OPTIONAL_SUB_MCHID, _SUB_APPID, OUT_TRADE_NO),
        ),
    ),
)
