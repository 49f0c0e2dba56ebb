import type * as ElementPlus from "element-plus";

import type { UI_COMPONENTS, UiName } from "@/adapter/components";

type UiComponents = { [Name in UiName]: (typeof ElementPlus)[(typeof UI_COMPONENTS)[Name]] };

declare module "vue" {
  interface GlobalComponents extends UiComponents {}
}
