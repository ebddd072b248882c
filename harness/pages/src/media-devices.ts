import { PartyError } from "./errors.ts";

/** The browser's devices; PartyError where there are none to be had because the page did not come safely. */
export function mediaDevices(): MediaDevices {
  // The DOM types hold it for certain, but on insecure pages it is not there.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new PartyError("Camera and microphone need a secure page. Please open this page with https.");
  return devices;
}
