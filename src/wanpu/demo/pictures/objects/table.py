"""Every shape by its name, and how it lies in a scene."""

from collections.abc import Callable
from dataclasses import dataclass

from wanpu.demo.pictures.objects import baby, beauty, books, clothing, desk, digital, food, home, outdoor
from wanpu.demo.pictures.objects.look import Look
from wanpu.demo.pictures.sheet import Sheet

Draw = Callable[[Sheet, Look], None]


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawing; a standing thing gets a table below it, any other lies on a surface seen from above."""

    draw: Draw
    is_standing: bool


_STANDING: tuple[Draw, ...] = (
    digital.earbuds,
    digital.speaker,
    digital.stand,
    home.mug,
    home.teapot,
    home.pot,
    home.bowls,
    home.blanket,
    home.towels,
    home.lamp,
    home.vase,
    home.basket,
    food.tin,
    food.pouch,
    food.nuts,
    food.cookies,
    food.cake,
    food.oranges,
    food.apples,
    food.sack,
    food.honey,
    food.noodles,
    clothing.sneaker,
    clothing.tote,
    clothing.backpack,
    books.novel,
    books.handbook,
    books.picture_book,
    books.alley_novel,
    books.garden_book,
    desk.pencils,
    desk.brushes,
    beauty.dropper,
    beauty.cream,
    beauty.pump,
    beauty.perfume,
    beauty.tube,
    beauty.toothbrush,
    beauty.soap,
    outdoor.tent,
    outdoor.sleeping_bag,
    outdoor.lantern,
    outdoor.chair,
    outdoor.basketball,
    outdoor.flask,
    baby.bottle,
    baby.blocks,
    baby.bear,
    baby.stroller,
    baby.rings,
    baby.train,
)
_LYING: tuple[Draw, ...] = (
    digital.headphones,
    digital.keyboard,
    digital.mouse,
    digital.power_bank,
    digital.cable,
    digital.cord_clip,
    digital.watch,
    home.cushion,
    home.clock,
    food.sachet,
    clothing.tee,
    clothing.cardigan,
    clothing.dress,
    clothing.trousers,
    clothing.cap,
    clothing.socks,
    clothing.umbrella,
    desk.notebook,
    desk.pen,
    desk.paints,
    desk.stickers,
    beauty.lipstick,
    outdoor.mat,
    outdoor.dumbbell,
    outdoor.racket,
    outdoor.helmet,
    outdoor.rope,
    baby.plate,
    baby.romper,
    baby.rattle,
)

SHAPES: dict[str, Shape] = {
    draw.__name__: Shape(draw, is_standing)
    for draws, is_standing in ((_STANDING, True), (_LYING, False))
    for draw in draws
}
