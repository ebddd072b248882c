import { type Device, DEVICES, permissionState } from "./capture.ts";
import { DeviceError } from "./device-errors.ts";
import { FaultyDevice } from "./device-warnings.ts";
import type { Devices } from "./go-live.ts";

/** Another way to go live after a device failed: offered, never taken by itself. */
export interface Offer {
  label: string;
  devices: Devices;
  /** Without a look at what the devices give. */
  unchecked: boolean;
}

const KINDS: Record<Device, MediaDeviceKind> = { camera: "videoinput", microphone: "audioinput" };
const WITHOUT: Record<Device, string> = {
  camera: "Go live with sound only",
  microphone: "Go live with picture only",
};

/** What can be offered after `problem`, when the host wanted `devices`. */
export async function offersAfter(problem: unknown, devices: Devices): Promise<Offer[]> {
  if (!(problem instanceof DeviceError)) return [];
  const offers: Offer[] = [];
  const { device } = problem;
  const [other] = DEVICES.filter((one) => one !== device);
  if (other && devices[other] && (await mayWork(other))) {
    offers.push({ label: WITHOUT[device], devices: { ...devices, [device]: false }, unchecked: false });
  }
  if (problem instanceof FaultyDevice) offers.push({ label: "Go live anyway", devices, unchecked: true });
  return offers;
}

/** Whether it makes sense to try: nobody is offered what is known to fail. */
async function mayWork(device: Device): Promise<boolean> {
  const [state, list] = await Promise.all([
    permissionState(device),
    navigator.mediaDevices.enumerateDevices().catch(() => null),
  ]);
  return state !== "denied" && (!list || list.some(({ kind }) => kind === KINDS[device]));
}
