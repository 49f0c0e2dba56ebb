/** Whether this is a phone's width, where tables become cards and the sider a drawer. */

import { type Ref, readonly, ref } from "vue";

const media = matchMedia("(width < 768px)");
const state = ref(media.matches);
media.addEventListener("change", (event) => (state.value = event.matches));

export const isNarrow: Readonly<Ref<boolean>> = readonly(state);
