// Sees what the page asks of the browser's media and changes nothing of what the page sees: the stand-ins are
// proxies, so name, length, properties and prototype are the native ones, and they print as the native ones do.
// The page gets the browser's own results and errors, one microtask later.
(() => {
  const KEY = Symbol.for("harness.probe");
  if (KEY in window) return;
  const { apply, construct, defineProperty, getOwnPropertyDescriptor } = Reflect;
  const then = Promise.prototype.then;
  const { parse, stringify } = JSON;
  const say = console.debug.bind(console);
  const now = () => performance.timeOrigin + performance.now();

  const hear = EventTarget.prototype.addEventListener;

  const natives = new WeakMap();
  const nativeOf = natives.get.bind(natives);
  const standIn = (native, traps) => {
    const proxy = new Proxy(native, traps);
    natives.set(proxy, native);
    return proxy;
  };
  const replace = (owner, name, traps) => {
    const property = owner && getOwnPropertyDescriptor(owner, name);
    if (typeof property?.value !== "function") return;
    defineProperty(owner, name, { ...property, value: standIn(property.value, traps) });
  };
  // `made` is told of each new object of the class that `window` has under `name` and `aliases`.
  const replaceClass = (name, aliases, made) => {
    const native = window[name];
    const proxy = standIn(native, {
      construct(target, args, newTarget) {
        const object = construct(target, args, newTarget === proxy ? target : newTarget);
        made(object);
        return object;
      },
    });
    const places = [name, ...aliases].map((place) => [window, place]);
    for (const [owner, place] of [...places, [native.prototype, "constructor"]]) {
      const property = getOwnPropertyDescriptor(owner, place);
      if (property?.value === native) defineProperty(owner, place, { ...property, value: proxy });
    }
  };
  replace(Function.prototype, "toString", {
    apply: (native, self, args) => apply(native, nativeOf(self) ?? self, args),
  });

  // Told through the console, which only a debugger sees: it outlives the page when that is reloaded.
  const tell = (what) => say("harness probe", stringify({ at: now(), ...what }));
  const parsed = (text) => {
    try {
      return parse(text);
    } catch {
      return null;
    }
  };
  const plain = (value) => {
    try {
      return value === undefined ? null : parse(stringify(value));
    } catch {
      return String(value);
    }
  };
  // Captured tracks and their clones: as long as one of them is live, so is the device's light. Held weakly: a track
  // that the page lets go of must end as it would without us.
  const captures = new WeakSet();
  const held = [];
  const hold = (track) => {
    captures.add(track);
    held.push(new WeakRef(track));
  };
  replace(window.MediaStreamTrack?.prototype, "clone", {
    apply(native, self, args) {
      const clone = apply(native, self, args);
      if (captures.has(self)) hold(clone);
      return clone;
    },
  });
  replace(window.MediaStream?.prototype, "clone", {
    apply(native, self, args) {
      const clone = apply(native, self, args);
      const kinds = new Set(self.getTracks().filter((track) => captures.has(track)).map(({ kind }) => kind));
      for (const track of clone.getTracks()) if (kinds.has(track.kind)) hold(track);
      return clone;
    },
  });
  const capturing = () =>
    held.map((track) => track.deref()).filter((track) => track?.readyState === "live").map(({ kind }) => kind);
  let calls = 0;
  const asked = (method, constraints) => {
    const call = `${now()}-${++calls}`;
    tell({ call, method, constraints: plain(constraints) });
    return call;
  };
  // What a page has is told when it is not what was told last.
  const last = new Map();
  const told = (what, value) => {
    const text = stringify(value);
    if (last.get(what) === text) return;
    last.set(what, text);
    tell({ has: what, value });
  };
  const query = navigator.permissions?.query.bind(navigator.permissions);
  const permissions = () => {
    for (const name of query ? ["camera", "microphone"] : [])
      query({ name }).then((status) => told(`${name} permission`, status.state), () => {});
  };
  // What becomes of a track that was given.
  const captured = (track) => {
    const became = (event) => tell({ has: `${track.kind} track`, value: event });
    if (track.readyState === "ended") became("ended");
    else if (track.muted) became("mute");
    for (const event of ["ended", "mute", "unmute"]) apply(hear, track, [event, () => became(event)]);
  };
  const observed = (method) => ({
    apply(native, self, args) {
      permissions();
      const call = asked(method, args[0]);
      return apply(then, apply(native, self, args), [
        (stream) => {
          stream.getTracks().forEach(hold);
          const tracks = stream.getTracks().map((track) => ({ kind: track.kind, state: track.readyState }));
          tell({ call, outcome: "given", tracks });
          stream.getTracks().forEach(captured);
          permissions();
          return stream;
        },
        (error) => {
          const { name, message, constraint } = error;
          tell({ call, outcome: "refused", name, message, constraint });
          permissions();
          throw error;
        },
      ]);
    },
  });
  const counted = (method) => ({
    apply(native, self, args) {
      asked(method, args[0]);
      return apply(native, self, args);
    },
  });
  for (const method of ["getUserMedia", "getDisplayMedia"])
    replace(window.MediaDevices?.prototype, method, observed(method));
  // The devices as the page was told of them: asking for them ourselves could wake a device.
  replace(window.MediaDevices?.prototype, "enumerateDevices", {
    apply(native, self, args) {
      return apply(then, apply(native, self, args), [
        (devices) => {
          told("devices", devices.map(({ kind, label }) => ({ kind, label })));
          return devices;
        },
      ]);
    },
  });
  for (const method of ["getUserMedia", "webkitGetUserMedia"])
    replace(window.Navigator?.prototype, method, counted(method));

  // The SFU's messages are binary: of those that say who came or went, the event's tag is the first byte and the
  // call's cid the first field within it.
  const CAME_OR_WENT = new Map([[0x52, "participant_joined"], [0x5a, "participant_left"]]);
  const CID = 0x0a;
  const text = new TextDecoder();
  const decode = text.decode.bind(text);
  const toldBySfu = (bytes) => {
    const event = CAME_OR_WENT.get(bytes[0]);
    let at = 1;
    while (bytes[at++] & 0x80); // the length of the event
    return event && bytes[at] === CID ? { event, cid: decode(bytes.subarray(at + 2, at + 2 + bytes[at + 1])) } : null;
  };

  // Sockets: where to and when, never with the query, where tokens travel; and what Stream tells of which call.
  const opened = (socket) => {
    const { origin, pathname, searchParams } = new URL(socket.url);
    tell({ socket: origin + pathname, cid: searchParams.get("cid") });
    const message = ({ data }) => {
      const bySfu = data instanceof ArrayBuffer ? toldBySfu(new Uint8Array(data)) : null;
      if (bySfu) tell(bySfu);
      if (typeof data !== "string" || !data.includes('"call_cid"')) return;
      const { type, call_cid: cid } = parsed(data) ?? {};
      if (cid) tell({ event: type, cid });
    };
    apply(hear, socket, ["message", message]);
  };

  // The first frame of a live picture, when it is there, whoever looks. Listened for at the element itself: from a
  // shadow root that event does not come out.
  const PICTURE = "[object MediaStream]";
  const kindOf = Object.prototype.toString;
  const source = getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  const listened = new WeakSet();
  const firstFrame = ({ target }) => {
    if (target.isConnected && apply(kindOf, apply(source.get, target, []), []) === PICTURE) tell({ picture: "first frame" });
  };
  const shows = standIn(source.set, {
    apply(native, self, args) {
      if (self instanceof HTMLVideoElement && !listened.has(self)) {
        listened.add(self);
        apply(hear, self, ["loadeddata", firstFrame]);
      }
      return apply(native, self, args);
    },
  });
  defineProperty(HTMLMediaElement.prototype, "srcObject", { ...source, set: shows });

  const connections = [];
  // For who asks why, later: what connections measured and agreed on, the latest of it.
  const MEASURED = ["inbound-rtp", "outbound-rtp", "remote-inbound-rtp", "candidate-pair"];
  const MOST_SAMPLES = 300;
  const MOST_STATES = 100;
  const SAMPLE_EVERY = 1000; // milliseconds
  const samples = [];
  const states = [];
  const keep = (ring, most, what) => {
    ring.push({ at: now(), ...what });
    if (ring.length > most) ring.shift();
  };
  const follow = (connection, number) => {
    const agreed = {};
    const state = (what, value, sdp = null) => keep(states, MOST_STATES, { connection: number, what, value, sdp });
    const hears = (event, told) => apply(hear, connection, [event, told]);
    hears("connectionstatechange", () => state("connection", connection.connectionState));
    hears("iceconnectionstatechange", () => state("ICE", connection.iceConnectionState));
    hears("signalingstatechange", () => {
      for (const side of ["local", "remote"]) {
        const description = connection[`${side}Description`];
        if (!description || description.sdp === agreed[side]) continue;
        agreed[side] = description.sdp;
        state(`${side} ${description.type}`, "", description.sdp);
      }
      state("signaling", connection.signalingState);
    });
  };
  const arrivals = new Map(); // when a connection last brought a track, in unix seconds, by the track's id
  const farewells = new Map(); // a connection that is closed tells nothing any more: its last statistics, as promises
  const native = window.RTCPeerConnection;
  if (native) {
    const getStats = native.prototype.getStats;
    const sample = async () => {
      for (const [index, connection] of connections.entries()) {
        if (["new", "closed"].includes(connection.connectionState)) continue;
        const report = [...(await apply(getStats, connection, [])).values()];
        const entries = report.filter(({ type }) => MEASURED.includes(type));
        keep(samples, MOST_SAMPLES, { connection: index + 1, entries });
      }
    };
    const again = setInterval.bind(window);
    let sampling = 0;
    replace(native.prototype, "close", {
      apply(close, self, args) {
        if (self instanceof native && self.connectionState !== "closed") farewells.set(self, apply(getStats, self, []));
        return apply(close, self, args);
      },
    });
    replaceClass("RTCPeerConnection", ["webkitRTCPeerConnection"], (connection) => {
      connections.push(connection);
      apply(hear, connection, ["track", ({ track }) => arrivals.set(track.id, now() / 1000)]);
      tell({ connection: connections.length });
      follow(connection, connections.length);
      sampling ||= again(() => sample().catch(() => {}), SAMPLE_EVERY);
    });
  }
  replaceClass("WebSocket", [], opened);
  const statistics = async () => {
    const reports = connections.map((connection) => farewells.get(connection) ?? connection.getStats());
    return (await Promise.all(reports)).flatMap((report) => [...report.values()]);
  };
  defineProperty(window, KEY, { value: { connections, arrivals, statistics, samples, states, capturing } });
})();
