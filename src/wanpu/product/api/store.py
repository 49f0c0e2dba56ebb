"""Shoppers' routes of the product room: the category tree, and products, which are hot."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from fastapi import APIRouter
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from wanpu.infra.http.access import public
from wanpu.infra.http.app_services import ServicesDep, services_of
from wanpu.infra.http.fields import IdText
from wanpu.infra.http.hot_route import HotRoute, hot_route, read_path, read_query
from wanpu.infra.http.json_answer import json_bytes
from wanpu.infra.http.paging import CursorInvalid, decode_cursor
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.product.api.cached_answers import (
    category_tree_answer,
    product_answer,
    product_list_answer,
    ready_product,
    ready_product_list,
)
from wanpu.product.api.schemas import CategoryTreeOut, ProductListOut, ProductListQuery, ProductOut
from wanpu.product.service.catalogue import LARGEST_SORT_VALUE, ProductQuery

router = APIRouter(prefix="/store/v1", tags=["products"])

_ID = TypeAdapter[Id](IdText)


@router.get("/categories", response_model=CategoryTreeOut)
@public
async def list_categories(services: ServicesDep) -> Response:
    """商品分类: the tree of three levels."""
    return json_bytes(await category_tree_answer(services))


async def list_products(request: Request) -> Response:
    """商品列表: products on the shelf, by category, shop or words."""
    query = _query_of(read_query(request, ProductListQuery))
    return json_bytes(await product_list_answer(services_of(request), query))


async def get_product(request: Request) -> Response:
    """商品详情, with stock that is at most a second old."""
    return json_bytes(await product_answer(services_of(request), read_path(request, "spu_id", _ID)))


def _ready_list(services: Services, _parameters: Mapping[str, str], query_string: bytes) -> bytes | None:
    query = _sound_query_of(query_string)
    return None if query is None else ready_product_list(services, query)


def _ready_product(services: Services, parameters: Mapping[str, str], query_string: bytes) -> bytes | None:
    return None if query_string else ready_product(services, parameters["spu_id"])


@lru_cache(maxsize=1024)
def _sound_query_of(query_string: bytes) -> ProductQuery | None:
    """What this query string asks for; None for one that is refused."""
    try:
        asked = ProductListQuery.model_validate(dict(QueryParams(query_string)))
        return None if b"%00" in query_string else _query_of(asked)
    except (ValidationError, CursorInvalid):
        return None


def _query_of(asked: ProductListQuery) -> ProductQuery:
    """The wanted products.

    Raises:
        CursorInvalid: the cursor belongs to another list.
    """
    query = ProductQuery(
        category_id=asked.category_id,
        keyword=asked.keyword,
        merchant_id=asked.merchant_id,
        sort=asked.sort,
        limit=asked.limit,
    )
    return query if asked.cursor is None else replace(query, after=_read_position(asked.cursor, query.order))


def _read_position(cursor: str, order: str) -> tuple[int, Id]:
    """Where a list goes on.

    Raises:
        CursorInvalid: the cursor belongs to a list in another order, or no list gave it.
    """
    made_for, value, spu_id = decode_cursor(cursor, str, int, int)
    if made_for != order or not 0 <= int(value) <= LARGEST_SORT_VALUE[order] or int(spu_id) <= 0:
        raise CursorInvalid
    return int(value), Id(int(spu_id))


HOT_ROUTES: tuple[HotRoute, ...] = (
    hot_route(
        "/store/v1/products",
        list_products,
        method="GET",
        query=ProductListQuery,
        answer=ProductListOut,
        public=True,
        tags=["products"],
        ready=_ready_list,
    ),
    hot_route(
        "/store/v1/products/{spu_id}",
        get_product,
        method="GET",
        answer=ProductOut,
        public=True,
        tags=["products"],
        ready=_ready_product,
    ),
)
