"""商品图: product pictures drawn from shapes alone, so that the demo mall needs no image of anyone else."""

from wanpu.demo.pictures.album import (
    PICTURE_MEDIA_TYPE,
    PICTURE_SUFFIX,
    PicturePlan,
    PictureUse,
    count_pictures,
    draw_product,
    plan_pictures,
)

__all__ = [
    "PICTURE_MEDIA_TYPE",
    "PICTURE_SUFFIX",
    "PicturePlan",
    "PictureUse",
    "count_pictures",
    "draw_product",
    "plan_pictures",
]
