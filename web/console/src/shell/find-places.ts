/** Finds menu pages by what somebody types: either name, the address, or a folder above. */

import type { MenuPlace } from "@/router/menu-tree";

const MOST = 30;

function rank(place: MenuPlace, wanted: string): number {
  const { name, name_en: nameEn } = place.menu;
  const names = [name.toLowerCase(), nameEn.toLowerCase()];
  if (names.some((known) => known.startsWith(wanted))) {
    return 0;
  }
  if (names.some((known) => known.includes(wanted)) || place.url.includes(wanted)) {
    return 1;
  }
  const folders = place.folders.flatMap((folder) => [folder.name.toLowerCase(), folder.name_en.toLowerCase()]);
  return folders.some((known) => known.includes(wanted)) ? 2 : 3;
}

/** The pages that fit, the best first; all of them for an empty text. */
export function findPlaces(places: readonly MenuPlace[], text: string): MenuPlace[] {
  const wanted = text.trim().toLowerCase();
  return places
    .map((place) => ({ place, rank: rank(place, wanted) }))
    .filter((found) => found.rank < 3)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, MOST)
    .map((found) => found.place);
}
