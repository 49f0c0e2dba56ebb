import type * as ElementPlus from "element-plus";

import type { UI_COMPONENTS, UiName } from "@/adapter/components";
import type { vMay } from "@/session/may";

type UiComponents = { [Name in UiName]: (typeof ElementPlus)[(typeof UI_COMPONENTS)[Name]] };

declare module "vue" {
  interface GlobalComponents extends UiComponents {}
  interface GlobalDirectives {
    vMay: typeof vMay;
  }
}
