import assert from "node:assert/strict";
import { test } from "node:test";
import { CallDevices } from "../../../harness/pages/src/call-devices.ts";
import type { Asking, Device } from "../../../harness/pages/src/capture.ts";
import { sentenceFor } from "../../../harness/pages/src/errors.ts";
import { Undo } from "../../../harness/pages/src/undo.ts";

const ENDED = (device: Device) => `Your ${device} stopped as soon as it started. Please plug it in again and try again.`;
const MOMENTS = ["as it is given", "while it is looked at", "before it is published", "while it is published", "right after"] as const;
type Moment = (typeof MOMENTS)[number];

class Track extends EventTarget {
  readyState = "live";
  stop(): void {
    this.readyState = "ended";
  }
  /** By itself: unlike after `stop()`, the page is told. */
  ends(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

/** As the SDK's camera and microphone, in what matters here: what it takes, and in which words it refuses. */
class Manager {
  enabled = false;
  state: { mediaStream?: MediaStream } = {};
  publishing: () => void = () => undefined;
  private device: { getUserMedia: (constraints: object) => Promise<{ stream: MediaStream }> } | undefined;
  registerVirtualDevice(device: typeof this.device): { deviceId: string } {
    this.device = device;
    return { deviceId: "own" };
  }
  async select(): Promise<void> {}
  async disable(): Promise<void> {
    this.enabled = false;
  }
  async enable(): Promise<void> {
    const { stream } = await this.device!.getUserMedia({ deviceId: "own" });
    if (stream.getTracks()[0]!.readyState === "ended") throw new Error("Can't publish ended tracks.");
    this.publishing();
    this.state.mediaStream = stream;
    this.enabled = true;
  }
  toggle(): Promise<void> {
    return this.enabled ? this.disable() : this.enable();
  }
}

async function devices(asking: Asking = {}) {
  const [managers, track, undo] = [{ camera: new Manager(), microphone: new Manager() }, new Track(), new Undo({ callType: "livestream", callId: "p" })];
  const stream = { getTracks: () => [track] } as unknown as MediaStream;
  Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: async () => stream }, configurable: true });
  const own = await CallDevices.of({ ...managers, state: {} } as never, undo, asking);
  return { managers, track, own, undo };
}

/** What the person reads, or was told of in the meantime, when the device ends at that moment of going live. */
async function told(device: Device, moment: Moment): Promise<string[]> {
  const heard: string[] = [];
  const check = async () => void (moment === "while it is looked at" && track.ends());
  const { managers, track, own } = await devices({ check, onEnded: (which) => heard.push(`${which} ended`) });
  if (moment === "as it is given") track.ends();
  if (moment === "while it is published") managers[device].publishing = () => track.ends();
  try {
    await own.prepare(device);
    if (moment === "before it is published") track.ends();
    await own.enable(device);
    if (moment === "right after") track.ends();
  } catch (error) {
    heard.push(sentenceFor(error));
  }
  return heard;
}

for (const device of ["camera", "microphone"] as const) {
  test(`a ${device} that ends is told in words for people, whenever it does`, async () => {
    for (const moment of MOMENTS) {
      const heard = await told(device, moment);
      assert.ok(heard.includes(`${device} ended`) || heard.includes(ENDED(device)), `${moment}: ${heard.join()}`);
      for (const words of heard) assert.doesNotMatch(words, /publish|Failed to go live/, moment);
    }
  });
}

test("what the SDK cannot publish is told without its words, and its error stays with it", async () => {
  const { managers, own } = await devices();
  const cause = new DOMException("The RTCPeerConnection's signalingState is 'closed'.", "InvalidStateError");
  managers.camera.publishing = () => {
    throw cause;
  };
  await assert.rejects(own.enable("camera"), (error: Error) => {
    assert.equal(sentenceFor(error), "Your camera works, but it could not be sent to Stream. Please try again.");
    return error.cause === cause;
  });
});

test("one that ends as it is switched on while live is told, and not shown as on", async () => {
  const { managers, track, own } = await devices();
  managers.camera.publishing = () => track.ends();
  await assert.rejects(own.toggle("camera"), { message: ENDED("camera") });
  assert.equal(managers.camera.enabled, false);
  const other = await devices();
  await other.own.toggle("camera");
  assert.equal(other.managers.camera.enabled, true);
});

test("what was captured is stopped when all is undone, and that is no loss", async () => {
  let lost = false;
  const { track, own, undo } = await devices({ onEnded: () => (lost = true) });
  await own.prepare("camera");
  await undo.run();
  assert.deepEqual([track.readyState, lost], ["ended", false]);
});
