"""Turns the short form in which the product pages are written into full products."""

from collections.abc import Mapping, Sequence
from itertools import product as combinations

from wanpu.demo.catalogue.model import (
    ON_SHELF,
    REDUCE_ON_ORDER,
    DemoPicture,
    DemoProduct,
    DemoSaleAttribute,
    DemoSku,
)


def sell(
    key: str,
    *,
    merchant: str,
    category: tuple[str, str, str],
    title: str,
    subtitle: str,
    promotion: str,
    keyword: str,
    attributes: Mapping[str, Sequence[str]],
    price_fen: int,
    stocks: Sequence[int | None],
    picture: DemoPicture,
    paragraphs: tuple[str, ...],
    facts: Mapping[str, str],
    extra_fen: Mapping[str, int] | None = None,
    strategy: int = REDUCE_ON_ORDER,
    status: int = ON_SHELF,
) -> DemoProduct:
    """One product. `stocks` follows the combinations of `attributes`, the last attribute changing fastest.

    A stock of None means that the combination is not made. `extra_fen` adds to `price_fen` for each
    chosen value named in it, or for a full combination written as "value value".

    Raises:
        ValueError: there are not as many stocks as combinations.
    """
    skus: list[DemoSku] = []
    surcharges = extra_fen or {}
    for values, stock in zip(combinations(*attributes.values()), stocks, strict=True):
        if stock is None:
            continue
        extra = sum(surcharges.get(value, 0) for value in values)
        if len(values) > 1:
            extra += surcharges.get(" ".join(values), 0)
        chosen = dict(zip(attributes, values, strict=True))
        skus.append(DemoSku(sale_attr=chosen, price_fen=price_fen + extra, stock=stock))
    return DemoProduct(
        key=key,
        merchant_key=merchant,
        category_path=category,
        title=title,
        subtitle=subtitle,
        promotion_desc=promotion,
        keyword=keyword,
        stock_reduce_strategy=strategy,
        status=status,
        sale_attributes=tuple(DemoSaleAttribute(name, tuple(values)) for name, values in attributes.items()),
        skus=tuple(skus),
        paragraphs=paragraphs,
        facts=facts,
        picture=picture,
    )


def drawn(
    shape: str,
    main: str | Mapping[str, str],
    accent: str,
    backdrop: str,
    *,
    by: str = "颜色",
) -> DemoPicture:
    """Picture parameters; `main` is one colour, or a colour for each value of the attribute `by`."""
    if isinstance(main, str):
        return DemoPicture(shape=shape, main=main, accent=accent, backdrop=backdrop)
    return DemoPicture(
        shape=shape,
        main=next(iter(main.values())),
        accent=accent,
        backdrop=backdrop,
        colour_attribute=by,
        colours=main,
    )
