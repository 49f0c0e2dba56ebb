"""Product detail beside an empty Starlette route in the same kind of process."""

from pathlib import Path

from bench.load import wrk
from bench.report import Line
from bench.serving import served
from bench.world import world

PORT = 8766


async def measure(folder: Path, seconds: int) -> list[Line]:
    """The whole answer of `GET /store/v1/products/{spu_id}`, and a list page."""
    async with world("postgresql", folder) as made:
        with served(made, port=PORT) as url:
            detail = wrk(f"{url}/store/v1/products/{made.spu_id}", seconds=seconds, folder=folder)
            listed = wrk(f"{url}/store/v1/products?limit=20", seconds=seconds, folder=folder)
        with served(made, port=PORT, command=("-m", "bench.empty_route")) as url:
            empty = wrk(f"{url}/empty", seconds=seconds, folder=folder)
    beside = "an empty Starlette route on uvicorn"
    return [
        Line("product detail", detail, empty, 0.6, beside),
        Line("product list, 20 rows", listed, empty, None, beside),
    ]
