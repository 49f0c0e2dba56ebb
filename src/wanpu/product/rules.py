"""What a product must be to make sense. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.product.errors import ProductInvalid
from wanpu.product.states import StockStrategy
from wanpu.system import file_addresses_in

MAX_STOCK = 2**31 - 1
MAX_PRICE_FEN = 10**9  # ten million yuan: the fullest cart still adds up to money that we book
MAX_SKUS = 200
MAX_SPEC_LENGTH = 255
MAX_TITLE_LENGTH = 128
MAX_FILE_ADDRESS_LENGTH = 500


@dataclass(frozen=True, slots=True)
class SaleAttribute:
    """销售属性: one thing to choose, with its values in the order they are shown."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewSku:
    """A variant: one value per sale attribute, its price, and the units put in at first."""

    sale_attr: Mapping[str, str]
    price_fen: Fen
    stock: int
    image_url: str | None = None


@dataclass(frozen=True, slots=True)
class NewSpu:
    """A product as its merchant lists it."""

    merchant_id: Id
    category_id: Id
    title: str
    skus: Sequence[NewSku]
    sale_attrs: Sequence[SaleAttribute] = ()
    stock_strategy: StockStrategy = StockStrategy.ON_ORDER
    subtitle: str = ""
    promotion_desc: str = ""
    keyword: str = ""
    detail_html: str = ""
    images: Sequence[str] = field(default_factory=tuple)
    detail_images: Sequence[str] = field(default_factory=tuple)


def check_new_spu(new: NewSpu) -> None:
    """Refuse a product whose variants contradict its attributes.

    Raises:
        ProductInvalid: with `details.problem`.
    """
    if not new.title.strip() or len(new.title) > MAX_TITLE_LENGTH:
        raise _invalid(f"the title needs 1 to {MAX_TITLE_LENGTH} characters")
    if not 1 <= len(new.skus) <= MAX_SKUS:
        raise _invalid(f"a product has 1 to {MAX_SKUS} variants")
    names = [attribute.name for attribute in new.sale_attrs]
    if len(set(names)) != len(names):
        raise _invalid("two sale attributes have the same name")
    values = {attribute.name: attribute.values for attribute in new.sale_attrs}
    if any(len(set(some)) != len(some) for some in values.values()):
        raise _invalid("an attribute has the same value twice")
    combinations = set()
    for sku in new.skus:
        _check_sku(sku, values)
        combinations.add(spec_of(sku.sale_attr, new.sale_attrs))
    if len(combinations) != len(new.skus):
        raise _invalid("two variants have the same attributes")


def check_price(price_fen: int) -> None:
    """Refuse a price that is not positive or larger than any product here costs.

    Raises:
        ProductInvalid: it is.
    """
    if not 0 < price_fen <= MAX_PRICE_FEN:
        raise _invalid("a price is a positive number of fen")


def spec_of(sale_attr: Mapping[str, str], sale_attrs: Sequence[SaleAttribute]) -> str:
    """What a variant is called for people: its values in the order of the attributes, "黑-L"."""
    return "-".join(sale_attr[attribute.name] for attribute in sale_attrs)


def _check_sku(sku: NewSku, values: Mapping[str, Sequence[str]]) -> None:
    check_price(sku.price_fen)
    if not 0 <= sku.stock <= MAX_STOCK:
        raise _invalid(f"stock is 0 to {MAX_STOCK}")
    if sku.sale_attr.keys() != values.keys():
        raise _invalid("a variant needs one value per sale attribute")
    for name, value in sku.sale_attr.items():
        if value not in values[name]:
            raise _invalid(f"{value} is no value of {name}")
    if sum(map(len, sku.sale_attr.values())) + len(sku.sale_attr) > MAX_SPEC_LENGTH:
        raise _invalid("the values of a variant are too long")


def _invalid(problem: str) -> ProductInvalid:
    return ProductInvalid(details={"problem": problem})


def detail_addresses(detail_html: str) -> set[str]:
    """Every address in a product's page that a stored file could have, as long as the index takes them."""
    return {url for url in file_addresses_in(detail_html) if len(url) <= MAX_FILE_ADDRESS_LENGTH}
