import type { AddressInput } from "@/api/types";

type Place = Pick<AddressInput, "recv_province" | "recv_city" | "recv_area" | "recv_addr">;

/** An address on one line; a municipality (直辖市) is province and city at once and named once. */
export function addressText(place: Place): string {
  const region = [...new Set([place.recv_province, place.recv_city, place.recv_area])].join("");
  return `${region} ${place.recv_addr}`;
}
