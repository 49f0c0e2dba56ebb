/** The member's token, kept on the device. Whether it is still good is the mall's decision, by 401. */

const KEY = "wanpu.token";

export function storedToken(): string | null {
  return (uni.getStorageSync(KEY) as string) || null;
}

export function keepToken(token: string): void {
  uni.setStorageSync(KEY, token);
}

export function forgetToken(): void {
  uni.removeStorageSync(KEY);
}
