import type { Call } from "@stream-io/video-react-sdk";
import { PartyError } from "./errors.ts";
import type { Undo } from "./undo.ts";

export const DEVICES = ["camera", "microphone"] as const;
export type Device = (typeof DEVICES)[number];
export const LABELS: Record<Device, string> = { camera: "Camera", microphone: "Microphone" };

const DEFAULTS: Record<Device, MediaTrackConstraints> = {
  camera: { width: 1280, height: 720 },
  microphone: { autoGainControl: true, noiseSuppression: true, echoCancellation: true },
};

/** Ask the browser for one device, once. Throws what the browser throws, or PartyError on an insecure page. */
export async function capture(device: Device, constraints: MediaTrackConstraints = {}): Promise<MediaStream> {
  // The DOM types hold it for certain, but on insecure pages it is not there.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new PartyError("Camera and microphone need a secure page. Please open this page with https.");
  const kind = device === "camera" ? "video" : "audio";
  return devices.getUserMedia({ [kind]: { ...DEFAULTS[device], ...constraints } });
}

export function stopTracks(stream: MediaStream | null | undefined): void {
  stream?.getTracks().forEach((track) => track.stop());
}

/**
 * Let `call.camera.enable()` and `call.microphone.enable()` capture through this page.
 *
 * The SDK's own capture asks the browser twice while permission is undecided; after a denial or a dismissed prompt it
 * does not ask again, and reports a plain Error; and when publishing fails it forgets the stream with the camera's
 * light on. Here the browser is asked once, its own error arrives, and `undo` stops whatever was captured.
 */
export async function captureForCall(call: Call, undo: Undo): Promise<void> {
  const captured = new Set<MediaStream>();
  undo.add("stop capturing", async () => captured.forEach(stopTracks));
  for (const device of DEVICES) {
    const own = call[device].registerVirtualDevice({
      label: LABELS[device],
      getUserMedia: async ({ deviceId: _ours, ...constraints }) => {
        const stream = await capture(device, constraints);
        captured.add(stream);
        return { stream, stop: () => void captured.delete(stream) };
      },
    });
    await call[device].select(own.deviceId);
  }
}
