"""A live picture that a page makes itself."""

# In a shadow root or in the document.
DRAWS = """(closed) => {
  const put = (tag, where) => where.appendChild(document.createElement(tag));
  const root = closed ? put("div", document.body).attachShadow({ mode: "closed" }) : document.body;
  const canvas = put("canvas", root);
  const video = Object.assign(put("video", root), { autoplay: true, muted: true });
  const paint = canvas.getContext("2d");
  setInterval(() => paint.fillRect(0, 0, Math.random() * 100, 9), 50);
  video.srcObject = canvas.captureStream();
}"""
