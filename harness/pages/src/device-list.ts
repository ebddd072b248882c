import { useEffect, useState } from "react";
import type { Device } from "./capture.ts";

const KINDS: Partial<Record<MediaDeviceKind, Device>> = { videoinput: "camera", audioinput: "microphone" };

/** What the browser lets this page choose of: nothing before it was allowed to use any. `when` reads it anew. */
export function useDeviceList(when: unknown): Record<Device, MediaDeviceInfo[]> {
  const [list, setList] = useState<MediaDeviceInfo[]>([]);
  useEffect(() => {
    // Not there on insecure pages, whatever the DOM types say.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    const read = () => void devices?.enumerateDevices().then(setList, () => setList([]));
    read();
    devices?.addEventListener("devicechange", read);
    return () => devices?.removeEventListener("devicechange", read);
  }, [when]);
  const of = (device: Device) => list.filter(({ kind, deviceId }) => KINDS[kind] === device && deviceId);
  return { camera: of("camera"), microphone: of("microphone") };
}
