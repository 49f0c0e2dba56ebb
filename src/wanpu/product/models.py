"""Categories, products (SPU), their variants (SKU), pictures and stock."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, SmallInteger, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import (
    BigInt,
    GrowingInt,
    IntStatus,
    TextStatus,
    code_text,
    json_value,
    long_text,
    name_text,
)
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.product.states import PictureType, SpuStatus, StockMove, StockStrategy


class Category(Stamped, Base):
    """类目: a node of the tree. `path` lists the ids from the root, "/1/11/111/", so that a prefix
    finds all descendants."""

    __tablename__ = "category"

    id: Mapped[PrimaryId]
    parent_id: Mapped[Id | None] = mapped_column(BigInt)
    name: Mapped[str] = mapped_column(name_text(64))
    level: Mapped[int] = mapped_column(SmallInteger)
    seq: Mapped[int] = mapped_column(Integer)
    path: Mapped[str] = mapped_column(code_text(128))
    picture_url: Mapped[str | None] = mapped_column(code_text(255))

    __table_args__ = (UniqueConstraint("path"), Index(None, "parent_id", "seq"), Index(None, "picture_url"))


class Spu(Stamped, Base):
    """商品: what a merchant lists. Prices and stock belong to its SKUs; `min_price` (fen), `sales` and
    `is_sold_out` are kept beside it for lists. `is_detail_listed`: the addresses in `detail_html` stand in
    `spu_detail_picture`."""

    __tablename__ = "spu"

    id: Mapped[PrimaryId]
    merchant_id: Mapped[Id]
    category_id: Mapped[Id]
    title: Mapped[str] = mapped_column(name_text(128))
    subtitle: Mapped[str] = mapped_column(name_text(128), default="")
    promotion_desc: Mapped[str] = mapped_column(name_text(128), default="")
    stock_reduce_strategy: Mapped[StockStrategy] = mapped_column(IntStatus(StockStrategy))
    sale_attr: Mapped[list[Any]] = mapped_column(json_value())  # [{"name": "颜色", "values": ["黑", "白"]}]
    detail_html: Mapped[str] = mapped_column(long_text(), default="")
    is_detail_listed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    keyword: Mapped[str] = mapped_column(name_text(128), default="")
    status: Mapped[SpuStatus] = mapped_column(IntStatus(SpuStatus), default=SpuStatus.TO_BE_SHELVED)
    on_shelved_at: Mapped[datetime | None]
    off_shelved_at: Mapped[datetime | None]
    min_price: Mapped[Fen]
    sales: Mapped[int] = mapped_column(Integer, default=0)
    is_sold_out: Mapped[bool] = mapped_column(Boolean, default=False)
    is_deleted: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (
        Index(None, "category_id", "status"),
        Index(None, "merchant_id", "status"),
        Index(None, "status", "on_shelved_at", "id"),
        Index(None, "status", "min_price", "id"),
        Index(None, "status", "sales", "id"),
        Index(None, "is_detail_listed", "id"),
    )


class SpuAttachment(Stamped, Base):
    """A picture of a product; the first main picture stands for it in lists."""

    __tablename__ = "spu_attachment"

    id: Mapped[Id] = mapped_column(GrowingInt, primary_key=True)
    spu_id: Mapped[Id]
    type: Mapped[PictureType] = mapped_column(IntStatus(PictureType))
    url: Mapped[str] = mapped_column(code_text(255))
    seq: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (UniqueConstraint("spu_id", "type", "seq"), Index(None, "url"))


class SpuDetailPicture(Base):
    """An address that a product's `detail_html` shows, written with it: files are looked for here."""

    __tablename__ = "spu_detail_picture"

    spu_id: Mapped[PrimaryId]
    url: Mapped[str] = mapped_column(code_text(500), primary_key=True)
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "url"),)


class Sku(Stamped, Base):
    """规格商品: what is bought. `snap_version` grows with every change of name, picture or price."""

    __tablename__ = "sku"

    id: Mapped[PrimaryId]
    merchant_id: Mapped[Id]
    spu_id: Mapped[Id]
    title: Mapped[str] = mapped_column(name_text(128))
    sale_attr: Mapped[dict[str, Any]] = mapped_column(json_value())  # {"颜色": "黑"}
    sale_attr_key: Mapped[str] = mapped_column(name_text(255), default="")  # "黑-L", for people
    sale_price: Mapped[Fen]
    snap_version: Mapped[int] = mapped_column(Integer, default=1)
    is_deleted: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (Index(None, "spu_id"), CheckConstraint("sale_price > 0", name="price_positive"))


class SkuAttachment(Stamped, Base):
    """The picture of one variant."""

    __tablename__ = "sku_attachment"

    id: Mapped[Id] = mapped_column(GrowingInt, primary_key=True)
    sku_id: Mapped[Id]
    type: Mapped[PictureType] = mapped_column(IntStatus(PictureType))
    url: Mapped[str] = mapped_column(code_text(255))
    seq: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (UniqueConstraint("sku_id", "type", "seq"), Index(None, "url"))


class SkuStock(Base):
    """库存 of one SKU: available + held + sold is all that was ever put in. Lock rows in SKU order."""

    __tablename__ = "sku_stock"

    sku_id: Mapped[PrimaryId]
    available: Mapped[int] = mapped_column(Integer)
    held: Mapped[int] = mapped_column(Integer, default=0)
    sold: Mapped[int] = mapped_column(Integer, default=0)
    updated_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("available >= 0", name="available_not_negative"),
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("sold >= 0", name="sold_not_negative"),
    )


class StockJournal(Base):
    """One movement of stock. The sums of the three changes give the row in `sku_stock`.

    `ref` is what moved it: an order item's id, or a stocking number. A line moves at most once per kind.
    """

    __tablename__ = "stock_journal"

    id: Mapped[Id] = mapped_column(GrowingInt, primary_key=True)
    sku_id: Mapped[Id]
    move: Mapped[StockMove] = mapped_column(TextStatus(StockMove))
    ref: Mapped[str] = mapped_column(code_text(32))
    available_change: Mapped[int] = mapped_column(Integer)
    held_change: Mapped[int] = mapped_column(Integer)
    sold_change: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("ref", "move", "sku_id"), Index(None, "sku_id"))


class SearchTerm(Base):
    """The inverted index of product search: one row per term of a product's words (二元分词)."""

    __tablename__ = "search_term"

    term: Mapped[str] = mapped_column(code_text(16), primary_key=True)
    spu_id: Mapped[Id] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    weight: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "spu_id"),)
