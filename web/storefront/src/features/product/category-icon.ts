/** A line icon for a level-1 category, by what its name speaks of. */

const ICONS: readonly (readonly [RegExp, string])[] = [
  [/数码|电器|手机|电脑|影音/, "headphones"],
  [/家居|家具|家纺|灯/, "lamp"],
  [/食品|零食|生鲜|茶|饮/, "bowl"],
  [/服饰|服装|男装|女装|鞋|箱包/, "shirt"],
  [/图书|文具|文创|书/, "book"],
  [/美妆|护肤|个护|洗护/, "bottle"],
  [/运动|户外|健身/, "ball"],
  [/母婴|童|玩具/, "rattle"],
  [/园艺|鲜花|绿植/, "leaf"],
];

export function categoryIcon(name: string): string {
  return ICONS.find(([pattern]) => pattern.test(name))?.[1] ?? "tag";
}
