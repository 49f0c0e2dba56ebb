/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Address of the mall, without a final slash; empty on H5, where it is the page's own origin. */
  readonly VITE_API_BASE?: string;
}

declare module "*.vue" {
  import type { DefineComponent } from "vue";

  const component: DefineComponent<object, object, unknown>;
  export default component;
}
