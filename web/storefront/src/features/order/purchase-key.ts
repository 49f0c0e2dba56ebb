/** The device's storage and randomness behind `Submission`. */

import { type KeyStore, type StoredKey, Submission } from "./submission";

const KEY = "wanpu.checkout";

const store: KeyStore = {
  read: () => (uni.getStorageSync(KEY) as StoredKey) || null,
  write: (stored) => (stored ? uni.setStorageSync(KEY, stored) : uni.removeStorageSync(KEY)),
};

/** 128 random-looking bits: time, then two draws. Uniqueness is what matters; the key is no secret. */
function newKey(): string {
  const draw = () => Math.floor(Math.random() * 0x1_0000_0000).toString(16).padStart(8, "0");
  return `${Date.now().toString(16)}-${draw()}${draw()}`;
}

export const submission = new Submission(store, newKey);
