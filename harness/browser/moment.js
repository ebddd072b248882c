// Begins to gather what this page shows, hears and has, for `seconds` from now; `until` says when it is there.
// Only reads: pictures are drawn beside the page, sound is recorded beside the elements that play it.
({ seconds, width }) => {
  const MOMENT = Symbol.for("harness.moment");
  if (window[MOMENT]) return true;
  const moment = { result: null };
  Object.defineProperty(window, MOMENT, { value: moment, configurable: true });
  const { connections = [], samples = [], states = [] } = window[Symbol.for("harness.probe")] ?? {};
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  const later = (wait) => new Promise((done) => setTimeout(done, wait * 1000));
  const missing = [];
  const base64 = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(text);
  };

  const named = (element, number) =>
    (element.getAttribute("aria-label") || element.title || `${element.localName} ${number + 1}`).slice(0, 200);
  const frames = [];
  const look = () => {
    for (const [number, video] of [...document.querySelectorAll("video")].entries()) {
      if (!video.videoWidth || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) continue;
      const canvas = document.createElement("canvas");
      canvas.width = Math.min(width, video.videoWidth);
      canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
      try {
        canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
        const [, content] = canvas.toDataURL("image/jpeg", 0.7).split(",");
        frames.push({ at: now(), name: named(video, number), content });
      } catch (error) {
        missing.push(`A frame of ${named(video, number)}: ${error.message}`);
      }
    }
  };

  // Sound that comes over a connection: it flows only while an element plays it, so a mute one does, too.
  const received = connections
    .filter((connection) => connection.connectionState !== "closed")
    .flatMap((connection) => connection.getReceivers())
    .map((receiver) => receiver.track)
    .filter((track) => track.kind === "audio" && track.readyState === "live");
  const flowing = received.filter((track) => !track.muted);
  if (flowing.length < received.length)
    missing.push(`Received sound: no packets come on ${received.length - flowing.length} of ${received.length} tracks.`);
  const record = async (track) => {
    const stream = new MediaStream([track]);
    const element = new Audio();
    element.muted = true;
    element.srcObject = stream;
    element.play().catch(() => {});
    const recorder = new MediaRecorder(stream);
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const over = new Promise((done, failed) => {
      recorder.onstop = done;
      recorder.onerror = ({ error }) => failed(error);
    });
    const at = now();
    recorder.start();
    await later(seconds);
    if (recorder.state !== "inactive") recorder.stop();
    await over;
    element.srcObject = null;
    const [type] = (recorder.mimeType || parts[0]?.type || "audio/ogg").split(";"); // Firefox: only of the parts
    const content = base64(new Uint8Array(await new Blob(parts).arrayBuffer()));
    return { at, type, content };
  };
  const sounds = flowing.slice(0, 4).map((track) =>
    record(track).catch((error) => {
      missing.push(`Received sound: ${error.message}`);
      return null;
    }),
  );

  const permission = (name) =>
    navigator.permissions.query({ name }).then(
      ({ state }) => state,
      (error) => error.message,
    );
  const has = async () => ({
    address: location.origin + location.pathname,
    secure: isSecureContext,
    visible: document.visibilityState,
    camera: navigator.permissions ? await permission("camera") : "no permissions in this page",
    microphone: navigator.permissions ? await permission("microphone") : "no permissions in this page",
    devices: navigator.mediaDevices
      ? (await navigator.mediaDevices.enumerateDevices()).map(({ kind, label }) => `${kind} ${label}`)
      : "no media devices in this page",
  });
  const gather = async () => {
    const at = now();
    const had = await Promise.race([has(), later(seconds + 1)]);
    if (!had) missing.push("Devices and permissions: the browser did not answer.");
    const times = flowing.length ? [0, 1, 2, 3] : [0];
    for (const time of times) {
      if (time) await later(seconds / 3);
      look();
    }
    const heard = (await Promise.all(sounds)).filter(Boolean);
    return { at, had: had ?? {}, frames, sounds: heard, samples, states, missing, made: connections.length };
  };
  gather()
    .catch((error) => ({ at: now(), had: {}, frames, sounds: [], samples, states, missing: [String(error)], made: null }))
    .then((result) => {
      moment.result = result;
    });
  return true;
};
