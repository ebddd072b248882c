import { type Device, DEVICES } from "./capture.ts";

/** The browser's ids of the devices that the host has chosen; the browser's own choice where there is none. */
export type Chosen = Partial<Record<Device, string>>;

const KEY = "listening-party-devices";

/** As chosen on the last visit, or nothing where that cannot be read. */
export function chosenDevices(): Chosen {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, unknown> | null;
    const known = DEVICES.filter((device) => typeof stored?.[device] === "string");
    return Object.fromEntries(known.map((device) => [device, stored?.[device] as string]));
  } catch {
    return {};
  }
}

export function choose(device: Device, deviceId: string): Chosen {
  const { [device]: _before, ...others } = chosenDevices();
  const chosen: Chosen = deviceId ? { ...others, [device]: deviceId } : others;
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // Not remembered then: storage may be full or forbidden.
  }
  return chosen;
}
