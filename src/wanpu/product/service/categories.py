"""The category tree (类目): three levels."""

from collections import defaultdict
from dataclasses import dataclass

import orjson

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.product import queries
from wanpu.product.caching import CATEGORIES_KEY, forget_categories
from wanpu.product.errors import CategoryNotFound, CategoryTooDeep
from wanpu.product.models import Category

MAX_LEVEL = 3
CACHED_FOR_S = 30.0
REFRESHED_AFTER_S = 20.0


@dataclass(frozen=True, slots=True)
class NewCategory:
    """A node as an operator adds it; brothers are shown in the order of `seq`."""

    name: str
    parent_id: Id | None = None
    seq: int = 0
    picture_url: str | None = None


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """A node of the tree as it is shown."""

    category_id: Id
    parent_id: Id | None
    name: str
    level: int
    picture_url: str | None


class CategoryTree:
    """The whole tree, small enough to hold."""

    def __init__(self, nodes: list[CategoryNode]) -> None:
        self.nodes = nodes
        self._children: dict[Id | None, list[CategoryNode]] = defaultdict(list)
        self._ids = {node.category_id for node in nodes}
        for node in nodes:
            self._children[node.parent_id].append(node)

    def children_of(self, category_id: Id | None) -> list[CategoryNode]:
        """The nodes right below one, or the roots; in their order."""
        return self._children.get(category_id, [])

    def with_descendants(self, category_id: Id) -> list[Id]:
        """The id and those of all nodes below it.

        Raises:
            CategoryNotFound: the tree has no such node.
        """
        if category_id not in self._ids:
            raise CategoryNotFound
        found = [category_id]
        for parent_id in found:
            found += [node.category_id for node in self.children_of(parent_id)]
        return found


async def get_category_tree(services: Services) -> CategoryTree:
    """The tree, at most half a minute old."""

    async def load() -> bytes:
        async with services.db.reading() as session:
            rows = await queries.list_categories(session)
        return orjson.dumps([[row.id, row.parent_id, row.name, row.level, row.picture_url] for row in rows])

    cached = await services.cache.get_or_load(
        CATEGORIES_KEY, load, ttl_s=CACHED_FOR_S, early_s=REFRESHED_AFTER_S
    )
    return CategoryTree([CategoryNode(*values) for values in orjson.loads(cached)])


async def create_category(services: Services, new: NewCategory) -> Id:
    """Add a node; the same name under the same parent gives the node that stands there.

    Raises:
        CategoryNotFound: the parent does not exist.
        CategoryTooDeep: the parent is of the third level.
    """
    [category_id] = await services.serials.take("category")
    standing_id = await _add_category(services.db, Id(category_id), new)
    await forget_categories(services)
    return standing_id


@rerun_on_conflict
async def _add_category(db: Database, category_id: Id, new: NewCategory) -> Id:
    async with db.transaction() as session:
        standing = await queries.find_category_by_name(session, new.parent_id, new.name)
        if standing is not None:
            return standing.id
        level, path = 1, f"/{category_id}/"
        if new.parent_id is not None:
            parent = await queries.find_category(session, new.parent_id)
            if parent is None:
                raise CategoryNotFound
            level, path = parent.level + 1, f"{parent.path}{category_id}/"
        if level > MAX_LEVEL:
            raise CategoryTooDeep
        session.add(
            Category(
                id=category_id,
                parent_id=new.parent_id,
                name=new.name,
                level=level,
                seq=new.seq,
                path=path,
                picture_url=new.picture_url,
            )
        )
    return category_id
