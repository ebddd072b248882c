import type { Call } from "@stream-io/video-react-sdk";
import { type Asking, capture, type Device, DEVICES, LABELS, stopTracks } from "./capture.ts";
import { notSent, stoppedAtOnce } from "./device-errors.ts";
import { PartyError } from "./errors.ts";
import type { Undo } from "./undo.ts";

/**
 * Camera and microphone of a call, captured by this page: `call.camera.enable()` gets what is captured here.
 *
 * The SDK's own capture asks the browser twice while permission is undecided; after a denial or a dismissed prompt it
 * does not ask again, and reports a plain Error; and when publishing fails it forgets the stream with the camera's
 * light on. Here the browser is asked once, its own error arrives, and `undo` stops whatever was captured.
 */
export class CallDevices {
  private asking: Asking;
  private readonly call: Call;
  private readonly captured = new Set<MediaStream>();
  private readonly ready = new Map<Device, MediaStream>();
  private readonly ended = new Set<Device>();

  private constructor(call: Call, asking: Asking) {
    this.call = call;
    this.asking = asking;
  }

  static async of(call: Call, undo: Undo, asking: Asking = {}): Promise<CallDevices> {
    const devices = new CallDevices(call, asking);
    undo.add("stop capturing", async () => devices.captured.forEach(stopTracks));
    for (const device of DEVICES) await devices.standInFor(device);
    return devices;
  }

  /** Captures a device ahead, for when it is enabled: so nothing is published before everything is there. */
  async prepare(device: Device): Promise<void> {
    this.ready.set(device, await this.start(device, wantedBy(this.call, device)));
  }

  /** Puts the device on air. Whatever goes wrong is thrown in words for people: the SDK has others. */
  async enable(device: Device): Promise<void> {
    await this.inWords(device, () => this.call[device].enable());
    const track = this.call[device].state.mediaStream?.getTracks()[0];
    if (!this.call[device].enabled || track?.readyState !== "live") throw stoppedAtOnce(device);
  }

  /** Once live, a device that is switched on is watched and not refused. `signal` gives up waiting. */
  goOn(signal: AbortSignal): void {
    this.asking = { signal, onWait: this.asking.onWait };
  }

  /** Puts the device on air, or takes it off, while live. */
  async toggle(device: Device): Promise<void> {
    await this.inWords(device, () => this.call[device].toggle());
    if (!this.ended.has(device) || !this.call[device].enabled) return;
    // It ended before the SDK listened for that, which would show it as on.
    await this.call[device].disable();
    throw stoppedAtOnce(device);
  }

  private async inWords(device: Device, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof PartyError || this.asking.signal?.aborted) throw error;
      // The SDK takes no ended track, and says so in its own words.
      throw this.ended.has(device) ? stoppedAtOnce(device) : notSent(device, error);
    }
  }

  private async standInFor(device: Device): Promise<void> {
    const own = this.call[device].registerVirtualDevice({
      label: LABELS[device],
      getUserMedia: async ({ deviceId: _ours, ...constraints }) => {
        const stream = this.ready.get(device) ?? (await this.start(device, constraints));
        this.ready.delete(device);
        return { stream, stop: () => void this.captured.delete(stream) };
      },
    });
    await this.call[device].select(own.deviceId);
  }

  private async start(device: Device, constraints: MediaTrackConstraints): Promise<MediaStream> {
    this.ended.delete(device);
    const stream = await capture(device, constraints, this.asking);
    this.captured.add(stream);
    whenEnded(stream, () => {
      this.ended.add(device);
      this.asking.onEnded?.(device);
    });
    await this.asking.check?.(device, stream);
    return stream;
  }
}

/** Not when it is stopped by the page itself: browsers tell nobody of that. */
function whenEnded(stream: MediaStream, tell: () => void): void {
  for (const track of stream.getTracks()) {
    if (track.readyState === "ended") tell();
    else track.addEventListener("ended", tell, { once: true });
  }
}

/** What Stream's settings of the call ask of a camera. */
function wantedBy(call: Call, device: Device): MediaTrackConstraints {
  const size = call.state.settings?.video.target_resolution;
  return device === "camera" && size ? { width: size.width, height: size.height } : {};
}
