"""What one demo shop, category and product consist of, before anything is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

REDUCE_ON_ORDER = 1
REDUCE_ON_PAYMENT = 2

ON_SHELF = 20
OFF_SHELF = 90


@dataclass(frozen=True, slots=True)
class DemoFreight:
    """运费: `fee_fen` per seller order; goods of `free_over_fen` or more travel free (None: never)."""

    fee_fen: int
    free_over_fen: int | None


@dataclass(frozen=True, slots=True)
class DemoAddress:
    """Where a shop ships from and takes returns."""

    province: str
    city: str
    area: str
    street: str
    post_code: str


@dataclass(frozen=True, slots=True)
class DemoMerchant:
    """One shop. `key` names it inside the demo data; the platform's share is in basis points (万分之一)."""

    key: str
    name: str
    diminutive: str
    legal_person: str
    phone: str
    customer_hotline: str
    uniform_social_credit_code: str
    profit_share_rate_bp: int
    freight: DemoFreight
    address: DemoAddress


@dataclass(frozen=True, slots=True)
class DemoCategory:
    """A node of the category tree; the third level has no children and holds products."""

    name: str
    children: tuple["DemoCategory", ...] = ()


@dataclass(frozen=True, slots=True)
class DemoSaleAttribute:
    """销售属性: a choice that the shopper makes, such as the colour."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoSku:
    """One buyable combination: `sale_attr` maps every attribute name to a value, in the product's order."""

    sale_attr: Mapping[str, str]
    price_fen: int
    stock: int

    @property
    def spec(self) -> str:
        """规格: the chosen values as people read them."""
        return " ".join(self.sale_attr.values())


@dataclass(frozen=True, slots=True)
class DemoPicture:
    """How the product is drawn: a shape of `pictures`, its colours (`#rrggbb`) and the tint behind it.

    `colours` gives the main colour for each value of the attribute `colour_attribute`; a product
    that comes in one colour has none and is drawn in `main`.
    """

    shape: str
    main: str
    accent: str
    backdrop: str
    colour_attribute: str | None = None
    colours: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """One SPU with its SKUs. `category_path` names the three levels; `facts` are the printed parameters."""

    key: str
    merchant_key: str
    category_path: tuple[str, str, str]
    title: str
    subtitle: str
    promotion_desc: str
    keyword: str
    stock_reduce_strategy: int
    status: int
    sale_attributes: tuple[DemoSaleAttribute, ...]
    skus: tuple[DemoSku, ...]
    paragraphs: tuple[str, ...]
    facts: Mapping[str, str]
    picture: DemoPicture

    @property
    def detail_html(self) -> str:
        """商品详情: paragraphs and a table of parameters; no tag but p, table, tbody, tr, th and td."""
        text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.paragraphs)
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in self.facts.items()
        )
        return f"{text}<table><tbody>{rows}</tbody></table>"

    @property
    def is_sold_out(self) -> bool:
        """True when no SKU is left."""
        return all(sku.stock == 0 for sku in self.skus)
