"""What the store API says and hears about categories and products."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, Field

from wanpu.infra.http.fields import IdText, Line, Out, WholeNumber
from wanpu.infra.http.paging import DEFAULT_SIZE, MAX_CURSOR_LENGTH, MAX_SIZE
from wanpu.kernel.ids import Id
from wanpu.product.service.catalogue import ProductCard, ProductDetail, ProductSort
from wanpu.product.service.categories import CategoryTree


class CategoryOut(Out):
    """A category with those below it, in their order."""

    category_id: IdText
    name: str
    level: int
    image_url: str | None
    children: list["CategoryOut"]


class CategoryTreeOut(Out):
    """The whole tree."""

    items: list[CategoryOut]

    @classmethod
    def of(cls, tree: CategoryTree) -> Self:
        return cls(items=_children(tree, None))


def _children(tree: CategoryTree, parent_id: Id | None) -> list[CategoryOut]:
    return [
        CategoryOut(
            category_id=node.category_id,
            name=node.name,
            level=node.level,
            image_url=node.picture_url,
            children=_children(tree, node.category_id),
        )
        for node in tree.children_of(parent_id)
    ]


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


class ProductListQuery(BaseModel):
    """Filters and order of a product list. A search without `sort` gives the best matches first."""

    category_id: IdText | None = None
    keyword: Annotated[Annotated[Line, Field(max_length=64)] | None, BeforeValidator(_blank_is_none)] = None
    merchant_id: IdText | None = None
    sort: ProductSort | None = None
    limit: Annotated[WholeNumber, Field(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE
    cursor: Annotated[str, Field(max_length=MAX_CURSOR_LENGTH)] | None = None


class MerchantNameOut(Out):
    """Whose product it is."""

    merchant_id: IdText
    name: str


class ProductCardOut(Out):
    """A product in a list; `price_fen` is that of its cheapest variant."""

    spu_id: IdText
    title: str
    subtitle: str
    image_url: str | None
    price_fen: int
    sales: int
    is_sold_out: bool
    merchant: MerchantNameOut

    @classmethod
    def of(cls, card: ProductCard) -> Self:
        return cls(
            spu_id=card.spu_id,
            title=card.title,
            subtitle=card.subtitle,
            image_url=card.image_url,
            price_fen=card.price_fen,
            sales=card.sales,
            is_sold_out=card.is_sold_out,
            merchant=MerchantNameOut(merchant_id=card.merchant_id, name=card.merchant_name),
        )


class ProductListOut(Out):
    """Some products; `next_cursor` null: there are no more. A page may hold fewer than asked for."""

    items: list[ProductCardOut]
    next_cursor: str | None


class SaleAttributeOut(Out):
    """One thing to choose."""

    name: str
    values: list[str]


class SkuOut(Out):
    """A variant; `image_url` null: the product's own pictures stand for it."""

    sku_id: IdText
    sale_attr: dict[str, str]
    spec: str
    price_fen: int
    stock: int
    image_url: str | None


class ProductOut(Out):
    """A product with everything that its page shows."""

    spu_id: IdText
    title: str
    subtitle: str
    promotion_desc: str
    category_id: IdText
    merchant: MerchantNameOut
    sales: int
    images: list[str]
    detail_images: list[str]
    detail_html: str
    is_sold_out: bool
    sale_attrs: list[SaleAttributeOut]
    skus: list[SkuOut]

    @classmethod
    def without_stock(cls, product: ProductDetail) -> Self:
        """The product as if nothing were left; whoever answers fills in `stock` and `is_sold_out`."""
        return cls(
            spu_id=product.spu_id,
            title=product.title,
            subtitle=product.subtitle,
            promotion_desc=product.promotion_desc,
            category_id=product.category_id,
            merchant=MerchantNameOut(merchant_id=product.merchant_id, name=product.merchant_name),
            sales=product.sales,
            images=product.images,
            detail_images=product.detail_images,
            detail_html=product.detail_html,
            is_sold_out=True,
            sale_attrs=[SaleAttributeOut(**attribute) for attribute in product.sale_attrs],
            skus=[
                SkuOut(
                    sku_id=sku.sku_id,
                    sale_attr=dict(sku.sale_attr),
                    spec=sku.spec,
                    price_fen=sku.price_fen,
                    stock=0,
                    image_url=sku.image_url,
                )
                for sku in product.skus
            ],
        )
