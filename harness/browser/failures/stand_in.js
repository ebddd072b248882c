// Answers or alters the page's requests for devices as `plan` says, where no browser can be made to fail so by
// itself. Everything that it does is told with `simulated: true`. A plan of null: everything as it is.
(plan) => {
  const KEY = Symbol.for("harness.stand-in");
  if (window[KEY]) {
    window[KEY].plan = plan;
    if (plan) window[KEY].bitten = 0;
    if (!plan?.mute) window[KEY].unmute();
    return;
  }
  const devices = navigator.mediaDevices;
  if (!devices) return;
  // A page that was loaded already may have put a function of its own there, as webrtc-adapter does.
  const owner = Object.hasOwn(devices, "getUserMedia") ? devices : MediaDevices.prototype;
  // As the system mutes a device: the track stays live, says that it is muted, and its page is told.
  const muted = new Set();
  const mute = (track) => {
    Object.defineProperty(track, "muted", { value: true, configurable: true });
    muted.add(track);
    setTimeout(() => track.dispatchEvent(new Event("mute")));
  };
  const unmute = () => {
    for (const track of muted) {
      delete track.muted;
      track.dispatchEvent(new Event("unmute"));
    }
    muted.clear();
  };
  const state = { plan, bitten: 0, unmute };
  Object.defineProperty(window, KEY, { value: state });
  const native = owner.getUserMedia;
  const tell = (what) =>
    console.debug("harness probe", JSON.stringify({ at: performance.timeOrigin + performance.now(), ...what }));
  const failed = ({ name, message, constraint }) =>
    name === "OverconstrainedError" ? new OverconstrainedError(constraint, message) : new DOMException(message, name);
  const altered = (constraints, how) => {
    if (how === "nothing") return {};
    const gone = { deviceId: { exact: "a device that is gone" } };
    const kinds = ["video", "audio"].filter((kind) => constraints?.[kind]);
    return { ...constraints, ...Object.fromEntries(kinds.map((kind) => [kind, { ...constraints[kind], ...gone }])) };
  };
  const getUserMedia = {
    async getUserMedia(constraints) {
      const { plan } = state;
      if (!plan || (plan.kind && !constraints?.[plan.kind])) return native.call(this, constraints);
      state.bitten += 1;
      if (plan.mute) {
        const stream = await native.call(this, constraints);
        stream.getTracks().filter(({ kind }) => !plan.kind || kind === plan.kind).forEach(mute);
        return stream;
      }
      if (plan.ask) return native.call(this, altered(constraints, plan.ask));
      const call = `stand-in-${performance.now()}`;
      tell({ call, method: "getUserMedia", constraints, simulated: true });
      await new Promise((later) => setTimeout(later, plan.delay ?? 10));
      tell({ call, outcome: "refused", simulated: true, ...plan.error });
      throw failed(plan.error);
    },
  }.getUserMedia;
  const source = Function.prototype.toString.call(native);
  Object.defineProperty(getUserMedia, "toString", { value: () => source });
  Object.defineProperty(owner, "getUserMedia", { ...Object.getOwnPropertyDescriptor(owner, "getUserMedia"), value: getUserMedia });
};
