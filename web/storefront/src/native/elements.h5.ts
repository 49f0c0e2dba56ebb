/**
 * The browser's own elements, for H5 only.
 *
 * uni-app replaces `button`, `input` and `image` by elements of its own that a keyboard, a password
 * manager or a screen reader cannot use. Render functions pass by that replacement.
 */

import { type FunctionalComponent, h } from "vue";

export const NativeButton: FunctionalComponent = (_props, { attrs, slots }) =>
  h("button", { type: "button", ...attrs }, slots.default?.());
NativeButton.inheritAttrs = false;

export const NativeInput: FunctionalComponent = (_props, { attrs }) => h("input", attrs);
NativeInput.inheritAttrs = false;

export const NativeImage: FunctionalComponent = (_props, { attrs }) => h("img", attrs);
NativeImage.inheritAttrs = false;

export const NativeForm: FunctionalComponent = (_props, { attrs, slots }) =>
  h("form", { novalidate: true, ...attrs }, slots.default?.());
NativeForm.inheritAttrs = false;

export const NativeLabel: FunctionalComponent = (_props, { attrs, slots }) => h("label", attrs, slots.default?.());
NativeLabel.inheritAttrs = false;
