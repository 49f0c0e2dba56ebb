"""All demo products, department by department."""

from wanpu.demo.catalogue import baby, beauty, clothing, desk, digital, food, home, outdoor
from wanpu.demo.catalogue.model import DemoProduct

PRODUCTS: tuple[DemoProduct, ...] = (
    *digital.PRODUCTS,
    *home.PRODUCTS,
    *food.PRODUCTS,
    *clothing.PRODUCTS,
    *desk.PRODUCTS,
    *beauty.PRODUCTS,
    *outdoor.PRODUCTS,
    *baby.PRODUCTS,
)
