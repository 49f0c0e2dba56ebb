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

/** A line icon on a 24 × 24 grid, in the text's colour; cheaper by far than a picture used as a mask. */
export const NativeIcon: FunctionalComponent<{ path: string }> = ({ path }, { attrs }) =>
  h("svg", { viewBox: "0 0 24 24", ...ICON_LINE, "aria-hidden": "true", ...attrs }, [h("path", { d: path })]);
NativeIcon.props = ["path"];
NativeIcon.inheritAttrs = false;

const ICON_LINE = { fill: "none", stroke: "currentColor", "stroke-linecap": "round", "stroke-linejoin": "round" };

export const NativeForm: FunctionalComponent = (_props, { attrs, slots }) =>
  h("form", { novalidate: true, ...attrs }, slots.default?.());
NativeForm.inheritAttrs = false;

export const NativeLabel: FunctionalComponent = (_props, { attrs, slots }) => h("label", attrs, slots.default?.());
NativeLabel.inheritAttrs = false;
