/** A mini program has no hardware keyboard. */
export function enableKeyboard(): void {}
