/** The system reads toasts aloud by itself. */
export function announce(_text: string): void {}
