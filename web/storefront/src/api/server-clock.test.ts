import { describe, expect, it } from "vitest";

import { ServerClock } from "./server-clock";

describe("ServerClock", () => {
  it("is the device's clock until the mall has answered", () => {
    expect(new ServerClock().now(5_000)).toBe(5_000);
  });

  it("follows the mall when the device is wrong", () => {
    const clock = new ServerClock();

    clock.learn("Sun, 22 Nov 2026 15:00:00 GMT", Date.parse("2026-11-22T14:50:00Z"));

    expect(clock.now(Date.parse("2026-11-22T14:51:00Z"))).toBe(Date.parse("2026-11-22T15:01:00.500Z"));
  });

  it("keeps what it knows when a header is missing or unreadable", () => {
    const clock = new ServerClock();
    clock.learn("Sun, 22 Nov 2026 15:00:00 GMT", Date.parse("2026-11-22T15:00:00.500Z") - 60_000);

    clock.learn(null, 1);
    clock.learn("yesterday", 1);

    expect(clock.now(0)).toBe(60_000);
  });
});
