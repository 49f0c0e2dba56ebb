/** Dragging one row of the menus onto another. */

import { ref } from "vue";

import { type DropPlace, type MenuNode, placeAt } from "./menu-rows";

export function useMenuDrag(dropped: (from: string, onto: string, place: DropPlace) => void) {
  const dragged = ref<string | null>(null);
  const over = ref<{ id: string; place: DropPlace } | null>(null);

  function start(event: DragEvent, menu: MenuNode): void {
    dragged.value = menu.menu_id;
    event.dataTransfer?.setData("text/plain", menu.menu_id);
  }

  function hover(event: DragEvent, menu: MenuNode): void {
    if (dragged.value === null) {
      return;
    }
    event.preventDefault();
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    over.value = { id: menu.menu_id, place: placeAt((event.clientY - box.top) / box.height) };
  }

  function end(): void {
    dragged.value = null;
    over.value = null;
  }

  function drop(): void {
    const [from, onto] = [dragged.value, over.value];
    end();
    if (from !== null && onto !== null && from !== onto.id) {
      dropped(from, onto.id, onto.place);
    }
  }

  /** Where the dragged row would go, seen from this one; null when it is not over it. */
  function placeOn(menu: MenuNode): DropPlace | null {
    return over.value?.id === menu.menu_id && dragged.value !== menu.menu_id ? over.value.place : null;
  }

  return { dragged, start, hover, end, drop, placeOn };
}
