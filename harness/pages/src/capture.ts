import { chosenDevices } from "./chosen-devices.ts";
import { deviceError, stoppedAtOnce, type Surroundings } from "./device-errors.ts";
import { PartyError } from "./errors.ts";

export const DEVICES = ["camera", "microphone"] as const;
export type Device = (typeof DEVICES)[number];
export const LABELS: Record<Device, string> = { camera: "Camera", microphone: "Microphone" };

/** What the host waits for: to answer the browser's question, or for a device that is slow to start. */
export interface Wait {
  device: Device;
  why: "permission" | "start";
}

export interface Asking {
  /** Gives up waiting. What the browser delivers afterwards is stopped at once. */
  signal?: AbortSignal | undefined;
  /** Told when the browser takes long enough for a person to wonder; null when that is over. */
  onWait?: ((wait: Wait | null) => void) | undefined;
  /** Looks at what was captured before anybody gets it, and throws when that is not good enough. */
  check?: ((device: Device, stream: MediaStream) => Promise<void>) | undefined;
  /** Told when what was captured ends by itself, however soon or late. */
  onEnded?: ((device: Device) => void) | undefined;
}

const DEFAULTS: Record<Device, MediaTrackConstraints> = {
  camera: { width: 1280, height: 720 },
  microphone: { autoGainControl: true, noiseSuppression: true, echoCancellation: true },
};
const NOTICEABLE_MS = 500;

/** Throws PartyError where the browser has no cameras and microphones to offer: on an insecure page. */
export function mediaDevices(): MediaDevices {
  // The DOM types hold it for certain, but on insecure pages it is not there.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new PartyError("Camera and microphone need a secure page. Please open this page with https.");
  return devices;
}

/** Ask the browser for one device, once. Throws DeviceError, or the signal's reason when that gives up. */
export async function capture(
  device: Device,
  constraints: MediaTrackConstraints = {},
  { signal, onWait }: Asking = {},
): Promise<MediaStream> {
  const devices = mediaDevices();
  signal?.throwIfAborted();
  const kind = device === "camera" ? "video" : "audio";
  const wanted = { ...DEFAULTS[device], ...constraints, ...exactly(chosenDevices()[device]) };
  const waitIsOver = onWait && noticeWaiting(device, onWait);
  try {
    const stream = await unlessAborted(devices.getUserMedia({ [kind]: wanted }), signal);
    if (stream.getTracks().every(({ readyState }) => readyState === "live")) return stream;
    stopTracks(stream);
  } catch (error) {
    signal?.throwIfAborted();
    throw deviceError(device, error, surroundings(device));
  } finally {
    waitIsOver?.();
  }
  throw stoppedAtOnce(device);
}

export function stopTracks(stream: MediaStream | null | undefined): void {
  stream?.getTracks().forEach((track) => track.stop());
}

/** granted, denied or prompt; null where the browser does not tell. */
export async function permissionState(device: Device): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: device as PermissionName })).state;
  } catch {
    return null;
  }
}

function exactly(deviceId: string | undefined): MediaTrackConstraints {
  return deviceId ? { deviceId: { exact: deviceId } } : {};
}

function noticeWaiting(device: Device, onWait: (wait: Wait | null) => void): () => void {
  let over = false;
  const timer = setTimeout(async () => {
    const why = (await permissionState(device)) === "prompt" ? "permission" : "start";
    if (!over) onWait({ device, why });
  }, NOTICEABLE_MS);
  return () => {
    over = true;
    clearTimeout(timer);
    onWait(null);
  };
}

async function unlessAborted(asked: Promise<MediaStream>, signal: AbortSignal | undefined): Promise<MediaStream> {
  if (!signal) return asked;
  // Nobody waits for it any more: its light must not stay on.
  asked.then((late) => signal.aborted && stopTracks(late)).catch(() => undefined);
  return Promise.race([
    asked,
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    }),
  ]);
}

/** Chromium tells a page its policy; the DOM types do not know that yet. */
function surroundings(device: Device): Surroundings {
  const { featurePolicy } = document as { featurePolicy?: { allowsFeature: (feature: string) => boolean } };
  return { framed: window.self !== window.top, allowedByPolicy: featurePolicy?.allowsFeature(device) ?? null };
}
