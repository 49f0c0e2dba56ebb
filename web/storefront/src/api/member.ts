import { get, patch, post, remove } from "./request";
import type { Address, AddressInput, Member, Registration, SignedIn } from "./types";

export function register(registration: Registration): Promise<SignedIn> {
  return post("/store/v1/auth/register", registration, { anonymous: true });
}

/** `account` is a user name or a mobile number. */
export function login(account: string, password: string): Promise<SignedIn> {
  return post("/store/v1/auth/login", { account, password }, { anonymous: true });
}

export function logout(): Promise<unknown> {
  return post("/store/v1/auth/logout", {});
}

export function getMe(): Promise<Member> {
  return get("/store/v1/me");
}

/** All addresses, the default one first. */
export async function listAddresses(): Promise<Address[]> {
  return (await get<{ items: Address[] }>("/store/v1/addresses")).items;
}

export function createAddress(address: AddressInput): Promise<Address> {
  return post("/store/v1/addresses", address);
}

export function updateAddress(addressId: string, address: AddressInput): Promise<Address> {
  return patch(`/store/v1/addresses/${addressId}`, address);
}

export function deleteAddress(addressId: string): Promise<void> {
  return remove(`/store/v1/addresses/${addressId}`);
}
