/** Follows the mall's clock through the `Date` header of its answers. */

export class ServerClock {
  private offsetMs: number | null = null;

  /** Remember how far the device is off; an absent or unreadable header changes nothing. */
  learn(dateHeader: string | null, deviceNowMs: number): void {
    const serverMs = dateHeader ? Date.parse(dateHeader) : Number.NaN;
    if (!Number.isNaN(serverMs)) {
      // The header has whole seconds, cut off: half a second is the fair reading.
      this.offsetMs = serverMs + 500 - deviceNowMs;
    }
  }

  now(deviceNowMs: number): number {
    return deviceNowMs + (this.offsetMs ?? 0);
  }
}
