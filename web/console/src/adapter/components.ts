/**
 * Which of Element Plus' components screens may use, and under which name.
 *
 * Templates write `<ui-button>`; the build turns it into an import of that one component and its style
 * sheet. A component that is not in this table does not exist for a screen.
 */

interface Import {
  name: string;
  from: string;
  sideEffects: string[];
}

export const UI_COMPONENTS = {
  UiButton: "ElButton",
  UiConfigProvider: "ElConfigProvider",
  UiDropdown: "ElDropdown",
  UiDropdownItem: "ElDropdownItem",
  UiDropdownMenu: "ElDropdownMenu",
  UiInput: "ElInput",
  UiInputNumber: "ElInputNumber",
  UiOption: "ElOption",
  UiPopover: "ElPopover",
  UiSelect: "ElSelect",
  UiSkeleton: "ElSkeleton",
  UiSwitch: "ElSwitch",
} as const;

export type UiName = keyof typeof UI_COMPONENTS;

function isUiName(name: string): name is UiName {
  return name in UI_COMPONENTS;
}

/** `ElDropdownMenu` → `dropdown-menu`, the folder that Element Plus keeps it in. */
function folderOf(elementName: string): string {
  return elementName
    .slice(2)
    .replace(/\B[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();
}

/** Where the build finds a component that a template names. */
export function resolveUiComponent(tag: string): Import | undefined {
  if (!isUiName(tag)) {
    return undefined;
  }
  const name = UI_COMPONENTS[tag];
  return {
    name,
    from: "element-plus/es",
    sideEffects: [`element-plus/es/components/${folderOf(name)}/style/css`],
  };
}
