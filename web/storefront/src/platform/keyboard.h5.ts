/** Elements that answer to the keyboard by themselves. */
const NATIVE = ["A", "BUTTON", "INPUT"];
const TAPPABLE = ["button", "link", "checkbox", "radio", "tab", "option", "menuitem"];

/** Let Enter and Space tap what a finger can tap: `view` answers to pointers only. */
export function enableKeyboard(): void {
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    const isTap = event.key === "Enter" || event.key === " ";
    if (isTap && !NATIVE.includes(target.tagName) && TAPPABLE.includes(target.getAttribute("role") ?? "")) {
      event.preventDefault();
      target.click();
    }
  });
}
