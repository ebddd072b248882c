// What a person who looks at the first of `elements` (videos) gets, in one answer: its brightness `width` pixels
// wide as base64, its mean colour, and how many frames were decoded for it. Only reads.
async (elements, width) => {
  const [video] = elements;
  if (!video) return { found: false };
  const track = video.srcObject?.getVideoTracks?.()[0];
  const look = {
    found: true,
    at: (performance.timeOrigin + performance.now()) / 1000,
    visible: video.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && video.clientWidth > 0,
    hasTrack: Boolean(track),
    ended: track?.readyState === "ended",
    arrived: null,
    decoded: null,
    size: [video.videoWidth, video.videoHeight],
    luma: null,
    colour: [0, 0, 0],
  };
  const { connections = [], arrivals } = window[Symbol.for("harness.probe")] ?? {};
  const receivers = connections.flatMap((connection) => connection.getReceivers());
  const receiver = track && receivers.find((receiver) => receiver.track.id === track.id);
  if (receiver) {
    look.arrived = arrivals.get(track.id) ?? null;
    const stats = [...(await receiver.getStats()).values()];
    look.decoded = stats.find((entry) => entry.type === "inbound-rtp")?.framesDecoded ?? 0;
  }
  if (video.videoWidth && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
    const height = Math.max(1, Math.round((width * video.videoHeight) / video.videoWidth));
    const canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    canvas.drawImage(video, 0, 0, width, height);
    const { data } = canvas.getImageData(0, 0, width, height);
    let luma = "";
    for (let at = 0; at < data.length; at += 4) {
      luma += String.fromCharCode((77 * data[at] + 150 * data[at + 1] + 29 * data[at + 2]) >> 8);
      for (const channel of [0, 1, 2]) look.colour[channel] += data[at + channel] / (width * height);
    }
    look.luma = btoa(luma);
    look.lumaSize = [width, height];
  }
  return look;
};
