"""What the product room refuses. Codes are public and permanent."""

from wanpu.kernel.errors import Conflict, Invalid, NotFound


class ProductNotFound(NotFound):
    """No such product."""

    code = "product.not_found"
    message_zh = "商品不存在"
    message_en = "There is no such product"


class ProductOffShelf(NotFound):
    """The product exists, but nobody may buy it at present."""

    code = "product.off_shelf"
    message_zh = "商品已下架"
    message_en = "This product is not on sale"


class CategoryNotFound(NotFound):
    """No such category."""

    code = "category.not_found"
    message_zh = "分类不存在"
    message_en = "There is no such category"


class SkuNotFound(NotFound):
    """No such SKU."""

    code = "product.sku_not_found"
    message_zh = "规格商品不存在"
    message_en = "There is no such variant"


class ProductInvalid(Invalid):
    """The product contradicts itself; `details.problem` says where."""

    code = "product.invalid"
    message_zh = "商品内容有误"
    message_en = "The product is not valid"


class CategoryTooDeep(Invalid):
    """Categories have three levels."""

    code = "category.too_deep"
    message_zh = "分类最多三级"
    message_en = "Categories have three levels at most"


class StockRefReused(Conflict):
    """This stocking number has put in another quantity already."""

    code = "stock.ref_reused"
    message_zh = "入库单号已用于其他数量"
    message_en = "This stocking number was used for another quantity"
