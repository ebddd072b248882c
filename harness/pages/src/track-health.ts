/** What can be wrong with a track that the browser calls live. */
export type Fault = "ended" | "muted" | "black" | "frozen" | "silent";
export type Health = "good" | Fault;

/** How long a fault must last to be one: a slow camera is not frozen yet, and a person may hold their breath. */
const PATIENCE_MS: Record<Fault, number> = { ended: 0, muted: 1000, black: 1200, frozen: 1000, silent: 2000 };
const LOOK_EVERY_MS = 50;
/** A camera that has just started may take its time for its first frame. */
const FIRST_FRAME_MS = 4000;
const BETWEEN_FRAMES_MS = 1000;
const VERDICT_WITHIN_MS = 5000;
/** A covered lens still gives noise. Grey levels of 255. */
const BLACK = { mean: 10, brightest: 32 };

/** Makes a verdict of many looks: good at once, a fault when nothing else was seen for long enough. */
export class Verdict {
  private seen: Health | null = null;
  private since = 0;

  /** `seen` is null when this look says nothing. The answer is null while nothing can be said yet. */
  next(seen: Health | null, now: number): Health | null {
    if (seen !== this.seen) [this.seen, this.since] = [seen, now];
    if (seen === null || seen === "good") return seen;
    return now - this.since >= PATIENCE_MS[seen] ? seen : null;
  }
}

/**
 * Tell how a captured track does, whenever that changes; `onSign` hears what each look saw. Returns how to stop watching.
 */
export function watchTrack(
  track: MediaStreamTrack,
  tell: (health: Health) => void,
  onSign: (seen: Health) => void = () => undefined,
): () => void {
  const [sense, verdict] = [track.kind === "video" ? eyesFor(track) : earsFor(track), new Verdict()];
  let told: Health | null = null;
  const look = () => {
    const seen = lookAt(track, sense.look);
    if (seen !== null) onSign(seen);
    const health = verdict.next(seen, performance.now());
    if (health !== null && health !== told) tell((told = health));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  track.addEventListener("ended", look);
  return () => {
    clearInterval(timer);
    track.removeEventListener("ended", look);
    sense.close();
  };
}

/**
 * The first verdict about a track; null when there is none. A fault must last to be one, however late its first sign
 * came: so the limit is for the first sign, and once more for the verdict.
 */
export function healthOf(track: MediaStreamTrack): Promise<Health | null> {
  return new Promise((resolve) => {
    const done = (health: Health | null) => {
      clearTimeout(timer);
      stop();
      resolve(health);
    };
    let signed = false;
    let timer = setTimeout(done, VERDICT_WITHIN_MS, null);
    const stop = watchTrack(track, done, () => {
      if (signed) return;
      signed = true;
      clearTimeout(timer);
      timer = setTimeout(done, VERDICT_WITHIN_MS, null);
    });
  });
}

function lookAt(track: MediaStreamTrack, look: () => Health | null): Health | null {
  if (track.readyState === "ended") return "ended";
  // Switched off by its own page: that is meant.
  if (!track.enabled) return null;
  return track.muted ? "muted" : look();
}

interface Sense {
  look: () => Health | null;
  close: () => void;
}

/** Looks at a track through a video element of its own, which nobody sees. */
function eyesFor(track: MediaStreamTrack): Sense {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, srcObject: new MediaStream([track]) });
  video.play().catch(() => undefined);
  const canvas = new OffscreenCanvas(32, 18).getContext("2d", { willReadFrequently: true });
  let [fresh, seenAt, seen]: [boolean, number, Health | null] = [false, performance.now(), null];
  let patience = FIRST_FRAME_MS;
  const onFrame = () => {
    fresh = true;
    patience = BETWEEN_FRAMES_MS;
    next = video.requestVideoFrameCallback(onFrame);
  };
  let next = video.requestVideoFrameCallback(onFrame);
  const look = () => {
    const now = performance.now();
    // Of a page that nobody looks at, browsers draw nothing.
    if (document.hidden || !canvas) [seenAt, seen] = [now, null];
    else if (fresh) [fresh, seenAt, seen] = [false, now, isBlack(canvas, video) ? "black" : "good"];
    return now - seenAt > patience ? "frozen" : seen;
  };
  const close = () => {
    video.cancelVideoFrameCallback(next);
    video.srcObject = null;
  };
  return { look, close };
}

function isBlack(canvas: OffscreenCanvasRenderingContext2D, video: HTMLVideoElement): boolean {
  const { width, height } = canvas.canvas;
  canvas.drawImage(video, 0, 0, width, height);
  const { data } = canvas.getImageData(0, 0, width, height);
  let [sum, brightest] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    const grey = (data[at]! + data[at + 1]! + data[at + 2]!) / 3;
    sum += grey;
    brightest = Math.max(brightest, grey);
  }
  return sum / (width * height) < BLACK.mean && brightest < BLACK.brightest;
}

/** Listens to a track beside whatever else is done with it. */
function earsFor(track: MediaStreamTrack): Sense {
  // Plays nothing, so it needs no loudspeaker either; the DOM types do not know sinkId yet.
  const context = new AudioContext({ sinkId: { type: "none" } } as AudioContextOptions);
  const analyser = new AnalyserNode(context, { fftSize: 8192 });
  new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) }).connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  const look = () => {
    if (context.state !== "running") return null;
    analyser.getFloatTimeDomainData(wave);
    // A microphone that works is never silent to the last bit.
    return wave.some((sample) => sample !== 0) ? "good" : "silent";
  };
  return { look, close: () => void context.close() };
}
