"""Puts the demo's pictures under the data folder, from which the mall serves them.

Drawing them all takes a while, so an installation draws them once into the package
(`python -m wanpu.demo.picture_files`) and a first start only copies them.
"""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import wanpu
from wanpu.demo.catalogue import PRODUCTS
from wanpu.demo.catalogue.model import DemoProduct
from wanpu.demo.pictures.album import PICTURE_SUFFIX, PictureUse, draw_product, plan_pictures

URL_PREFIX = "/files/demo/"
DRAWN = Path(wanpu.__file__).parent / "static" / "demo"


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """Addresses of one product's pictures; `of_colour` by the attribute value that a SKU has."""

    main: tuple[str, ...]
    detail: tuple[str, ...]
    of_colour: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Missing:
    product: DemoProduct
    variant: int
    path: Path


async def write_pictures(
    data_dir: Path, products: Sequence[DemoProduct], progress: Callable[[str, int, int], None]
) -> tuple[dict[str, PictureFiles], int]:
    """Copy or draw whatever file is missing; the addresses by product key, and how many were missing."""
    folder = data_dir / "files" / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [one for product in products for one in _missing_of(folder, product)]
    workers = min(4, os.cpu_count() or 1)
    queue = iter(missing)
    done = 0

    async def draw() -> None:
        nonlocal done
        for one in queue:
            await asyncio.to_thread(_write, one)
            done += 1
            progress("pictures", done, len(missing))

    await asyncio.gather(*(draw() for _ in range(workers)))
    return {product.key: _files_of(product) for product in products}, len(missing)


def _missing_of(folder: Path, product: DemoProduct) -> Iterable[_Missing]:
    for variant in range(len(plan_pictures(product))):
        path = folder / _name(product, variant)
        if not path.exists():
            yield _Missing(product, variant, path)


def _write(one: _Missing) -> None:
    """Write the whole file or none of it."""
    draft = one.path.with_suffix(".draft")
    drawn = DRAWN / one.path.name
    if drawn.exists() and drawn != one.path:
        shutil.copyfile(drawn, draft)
    else:
        draft.write_bytes(draw_product(one.product, variant=one.variant))
    draft.replace(one.path)


def _files_of(product: DemoProduct) -> PictureFiles:
    urls = [
        (plan, URL_PREFIX + _name(product, variant)) for variant, plan in enumerate(plan_pictures(product))
    ]
    return PictureFiles(
        main=tuple(url for plan, url in urls if plan.use is PictureUse.MAIN),
        detail=tuple(url for plan, url in urls if plan.use is PictureUse.DETAIL),
        of_colour={plan.colour_value: url for plan, url in urls if plan.colour_value is not None},
    )


def _name(product: DemoProduct, variant: int) -> str:
    return f"{product.key}-{variant}{PICTURE_SUFFIX}"


def draw_all() -> int:
    """Draw whatever picture the package lacks, on all cores; how many there were to draw."""
    DRAWN.mkdir(parents=True, exist_ok=True)
    missing = [one for product in PRODUCTS for one in _missing_of(DRAWN, product)]
    with ProcessPoolExecutor() as pool:
        list(pool.map(_write, missing, chunksize=4))
    return len(missing)


if __name__ == "__main__":
    draw_all()
