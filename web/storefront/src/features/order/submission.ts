/** Idempotency keys of a checkout: one key per content, so that a repeated tap can never order twice. */

import type { OrderPlacing } from "@/api/types";

/** Where the key in use survives a reload. */
export interface KeyStore {
  read(): StoredKey | null;
  write(stored: StoredKey | null): void;
}

export interface StoredKey {
  content: string;
  key: string;
}

export class Submission {
  constructor(
    private readonly store: KeyStore,
    private readonly newKey: () => string,
  ) {}

  /** The same content gets the same key until `finish`; other content gets a new one. */
  keyFor(placing: OrderPlacing): string {
    const content = JSON.stringify(placing);
    const stored = this.store.read();
    if (stored?.content === content) {
      return stored.key;
    }
    const key = this.newKey();
    this.store.write({ content, key });
    return key;
  }

  /** The order stands: the next purchase, even of the same things, is a new one. */
  finish(): void {
    this.store.write(null);
  }
}
