// What a person hears of the page: all its audible elements together, as base64 of 16-bit samples, or null while
// none is audible. What came before `since` (unix seconds) is of an earlier session, and does not count. Kept between calls;
// `end` takes it down; without `read` it only begins, and goes on. Listens beside the elements, so nothing sounds different.
({ samples, since, end, read = true }) => {
  const FAINT = 0.05;
  const ears = Symbol.for("harness.ears");
  if (end) {
    window[ears]?.context.close();
    delete window[ears];
    return null;
  }
  // Components keep theirs in shadow roots; what is in a closed one cannot be found.
  const within = (root) => [
    ...root.querySelectorAll("audio, video"),
    ...[...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? within(shadowRoot) : [])),
  ];
  const elements = within(document).filter((element) => element.srcObject?.getAudioTracks?.().length);
  const { arrivals } = window[Symbol.for("harness.probe")] ?? {};
  const obstacle = (element) => {
    const [track] = element.srcObject.getAudioTracks();
    const arrived = arrivals?.get(track.id);
    if (element.muted) return "muted";
    if (element.volume < FAINT) return `turned down to ${element.volume}`;
    if (element.paused) return "paused";
    if (track.readyState === "ended") return "over: its stream has ended";
    if (arrived === undefined) return "not from any of the page's peer connections";
    return arrived < since ? "of an earlier session" : null;
  };
  const audible = elements.filter((element) => obstacle(element) === null);
  const heard = {
    elements: elements.length,
    obstacles: elements.map(obstacle).filter(Boolean),
    rate: null,
    state: null,
    samples: null,
  };
  if (!audible.length && !window[ears]) return heard;
  if (!window[ears]) {
    const context = new AudioContext({ sinkId: { type: "none" } });
    const analyser = new AnalyserNode(context, { fftSize: samples });
    Object.defineProperty(window, ears, { value: { context, analyser, sources: new Map() }, configurable: true });
  }
  const { context, analyser, sources } = window[ears];
  const tracks = new Set(audible.map((element) => element.srcObject.getAudioTracks()[0]));
  for (const [track, source] of sources)
    if (!tracks.has(track)) {
      source.disconnect();
      sources.delete(track);
    }
  for (const track of tracks)
    if (!sources.has(track)) {
      const source = new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) });
      source.connect(analyser);
      sources.set(track, source);
    }
  heard.rate = context.sampleRate;
  heard.state = context.state;
  if (audible.length && read) {
    const wave = new Float32Array(samples);
    analyser.getFloatTimeDomainData(wave);
    const bytes = new Uint8Array(Int16Array.from(wave, (value) => 32767 * Math.max(-1, Math.min(1, value))).buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    heard.samples = btoa(text);
  }
  return heard;
};
