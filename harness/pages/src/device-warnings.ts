import type { Call } from "@stream-io/video-react-sdk";
import { useEffect, useState } from "react";
import { type Device, DEVICES } from "./capture.ts";
import { DeviceError, stoppedAtOnce } from "./device-errors.ts";
import type { LiveParty } from "./go-live.ts";
import { type Fault, healthOf, watchTrack } from "./track-health.ts";

/** What the host is told while a device gives nothing, or nothing that anybody could see or hear. */
export const WARNINGS: Record<Device, Partial<Record<Fault, string>>> = {
  camera: {
    ended: "Your camera has stopped: it was unplugged, or this page may no longer use it. Please check it, then switch it on again.",
    muted: "Your camera is switched off by your computer. Please look for a switch or a shutter on it, or in the system's settings.",
    black: "Your camera gives a black picture. Please uncover its lens and switch on a light, or choose another camera.",
    frozen: "Your camera's picture stands still. Please switch the camera off and on, or unplug it and plug it in again.",
  },
  microphone: {
    ended: "Your microphone has stopped: it was unplugged, or this page may no longer use it. Please check it, then switch it on again.",
    muted: "Your microphone is muted by your computer. Please unmute it in the system's sound settings.",
    silent: "Your microphone gives no sound at all. Please look for a mute switch on it, or in the system's sound settings.",
  },
};

/** A device that works for the browser, but not for viewers. A host may go live with it all the same. */
export class FaultyDevice extends DeviceError {
  override name = "FaultyDevice";
}

/**
 * Throws FaultyDevice when what was captured is dark, still or silent, DeviceError when it is over: the host is to know
 * before anything is published.
 */
export async function expectGood(device: Device, stream: MediaStream): Promise<void> {
  const [track] = stream.getTracks();
  const health = track ? await healthOf(track) : "ended";
  if (health === "ended") throw stoppedAtOnce(device);
  const warning = health && health !== "good" && WARNINGS[device][health];
  if (warning) throw new FaultyDevice(device, warning);
}

type Faults = Partial<Record<Device, Fault>>;

/** The warnings about a party's devices, for as long as each is true. One that ended warns until it is on again. */
export function useDeviceWarnings(live: LiveParty | null): string[] {
  const [faults, setFaults] = useState<Faults>({});
  useEffect(() => {
    if (!live) return;
    const { call, began } = live;
    const watches = DEVICES.map((device) =>
      watchDevice(call, device, began[device], (fault) => setFaults(withFault(device, fault))),
    );
    return () => {
      watches.forEach((stop) => stop());
      setFaults({});
    };
  }, [live]);
  return warningsOf(faults);
}

/** The warnings about the preview's picture. */
export function usePreviewWarnings(stream: MediaStream | null): string[] {
  const [fault, setFault] = useState<Fault | undefined>();
  useEffect(() => {
    const [track] = stream?.getVideoTracks() ?? [];
    if (!track) return;
    setFault(track.readyState === "ended" ? "ended" : undefined);
    return watchTrack(track, (health) => setFault(health === "good" ? undefined : health));
  }, [stream]);
  return warningsOf(fault && (stream || fault === "ended") ? { camera: fault } : {});
}

/** `began`: it was on when the party went live, so that one which is off at the first look has ended. */
function watchDevice(
  call: Call,
  device: Device,
  began: boolean,
  tell: (fault: Fault | undefined) => void,
): () => void {
  let stop: (() => void) | undefined;
  let ended = began;
  const subscription = call[device].state.mediaStream$.subscribe((stream) => {
    stop?.();
    stop = undefined;
    const [track] = stream?.getTracks() ?? [];
    // The SDK takes an ended track away at once; that is when it must be told.
    if (!track) return tell(ended ? "ended" : undefined);
    ended = false;
    stop = watchTrack(track, (health) => {
      ended = health === "ended";
      tell(health === "good" ? undefined : health);
    });
  });
  return () => {
    subscription.unsubscribe();
    stop?.();
  };
}

function withFault(device: Device, fault: Fault | undefined): (faults: Faults) => Faults {
  return ({ [device]: _before, ...others }) => (fault ? { ...others, [device]: fault } : others);
}

function warningsOf(faults: Faults): string[] {
  return DEVICES.flatMap((device) => WARNINGS[device][faults[device]!] ?? []);
}
