// One person in a call, through either generation of Stream's client, for tests of the media.
import * as current from "@stream-io/video-client";
import * as seed from "video-client-seed";

const generations = { current, seed };
let call;

const element = (id) => document.getElementById(id);

// The client keeps its peer connections; both generations call them so.
const statistics = async (peer, type) => {
  const report = await call[peer]?.getStats();
  return [...(report?.values() ?? [])].filter((entry) => entry.type === type);
};

// A picture that moves, and a tone: what a shared screen with its sound would give.
const screen = () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const paint = canvas.getContext("2d");
  let step = 0;
  setInterval(() => {
    paint.fillStyle = `hsl(${(step += 7) % 360} 80% 50%)`;
    paint.fillRect(0, 0, canvas.width, canvas.height);
  }, 50);
  const audio = new AudioContext();
  const destination = audio.createMediaStreamDestination();
  const tone = new OscillatorNode(audio, { frequency: 440 });
  tone.connect(destination);
  tone.start();
  return new MediaStream([...canvas.captureStream(20).getTracks(), ...destination.stream.getTracks()]);
};

// How long each picture of the camera stood, in seconds of the sender's time: what a viewer sees as a freeze.
const standing = { longest: 0 };
const look = (video, last) => {
  video.requestVideoFrameCallback((_, frame) => {
    if (last && frame.rtpTimestamp) {
      const passed = ((frame.rtpTimestamp - last.rtpTimestamp) >>> 0) / 90_000;
      // A busy page is not called back for each picture that it shows.
      standing.longest = Math.max(standing.longest, passed / (frame.presentedFrames - last.presentedFrames));
    }
    look(video, frame);
  });
};

window.person = {
  async join({ generation, apiKey, userId, token, baseURL, callId }) {
    const { StreamVideoClient } = generations[generation];
    const options = { baseURL: `${baseURL}/video`, locationHintUrl: `${baseURL}/hint` };
    const client = new StreamVideoClient({ apiKey, user: { id: userId }, token, options });
    call = client.call("livestream", callId);
    await call.join();
  },
  async goOn() {
    await call.camera.enable();
    await call.microphone.enable();
  },
  shareScreen: () => call.publishScreenShareStream(screen()),
  others: () => call.state.remoteParticipants.map((each) => each.sessionId),
  watch(sessionId) {
    look(element("camera"));
    call.bindVideoElement(element("camera"), sessionId, "videoTrack");
    call.bindAudioElement(element("microphone"), sessionId, "audioTrack");
  },
  watchScreen(sessionId) {
    call.bindVideoElement(element("screen"), sessionId, "screenShareTrack");
    call.bindAudioElement(element("screen-sound"), sessionId, "screenShareAudioTrack");
  },
  resize(width, height) {
    Object.assign(element("camera").style, { width: `${width}px`, height: `${height}px` });
  },
  width: (id) => element(id).videoWidth,
  longestStanding: () => standing.longest,
  forgetStanding: () => (standing.longest = 0),
  restartIce: (peer) => call[peer].restartIce(),
  sent: () => statistics("publisher", "outbound-rtp"),
  received: () => statistics("subscriber", "inbound-rtp"),
  pairs: (peer) => statistics(peer, "candidate-pair"),
};
