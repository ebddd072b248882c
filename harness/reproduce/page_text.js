// The lines of text that a person can see in this document: an array of strings, each once, in the order of the page.
// It goes through what is rendered, so also through open shadow roots, and joins the texts of a block: a page's own
// code may cut one sentence into many of them. `innerText` would also have text that nobody can see: without size,
// outside of the page, clipped or transparent.
() => {
  const around = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;

  const block = (node) => {
    const outer = around(node);
    const inline = outer && /^(inline|contents|ruby)/.test(getComputedStyle(outer).display);
    return inline ? block(outer) : outer;
  };

  // Of an element, by itself; `contents` has no box that could hide anything.
  const hides = (element) => {
    const style = getComputedStyle(element);
    if (style.display === "contents") return false;
    if (style.opacity === "0" || style.clipPath === "inset(50%)") return true;
    if (/^rect\(([01]px)(, \1){3}\)$/.test(style.clip)) return true;
    // What these two cut off is the window's.
    if (element === document.body || element === document.documentElement) return false;
    const { width, height } = element.getBoundingClientRect();
    return style.overflowX !== "visible" && style.display !== "inline" && (width < 2 || height < 2);
  };

  const judged = new Map();
  const isHidden = (element) => {
    if (element === null) return false;
    if (!judged.has(element)) judged.set(element, hides(element) || isHidden(around(element)));
    return judged.get(element);
  };

  const isPaintedThrough = (element) => {
    for (let one = element; one; one = around(one))
      if (getComputedStyle(one).backgroundClip.includes("text")) return true;
    return false;
  };

  // Whether what is at these bounds, within `element`, can be seen after scrolling.
  const isSeen = ({ width, height, left, top, right, bottom }, element) => {
    const { visibility, webkitTextFillColor } = getComputedStyle(element);
    const { scrollWidth, scrollHeight } = document.documentElement;
    if (visibility !== "visible" || width < 2 || height < 2) return false;
    if (right + scrollX <= 0 || bottom + scrollY <= 0) return false;
    if (left + scrollX >= scrollWidth || top + scrollY >= scrollHeight) return false;
    if (/^rgba\(.*, 0\)$/.test(webkitTextFillColor) && !isPaintedThrough(element)) return false;
    return !isHidden(element);
  };

  const lines = [""];
  let last = null;
  const add = (text, of) => {
    if (of !== last) lines.push("");
    last = of;
    const [first, ...more] = text.split("\n");
    lines.push(lines.pop() + first, ...more);
  };

  const read = (text) => {
    const outer = around(text);
    if (!outer.checkVisibility() && getComputedStyle(outer).display !== "contents") return;
    if (outer.matches("details:not([open])")) return; // which is shown itself
    const range = document.createRange();
    range.selectNodeContents(text);
    if (!isSeen(range.getBoundingClientRect(), outer)) return;
    const kept = getComputedStyle(outer).whiteSpace.startsWith("pre");
    add(kept ? text.data : text.data.replace(/\s+/g, " "), block(text));
  };

  // What a field shows is no text of the page.
  const shown = (element) => {
    if (element.matches("input:is([readonly], [type=button], [type=submit]), textarea")) return element.value;
    return element.matches("select") ? (element.selectedOptions[0]?.text ?? "") : null;
  };

  const slotted = (node) => (node.tagName === "SLOT" && node.assignedNodes().length ? node.assignedNodes() : null);

  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.data.trim()) read(node);
      else if (node.data) add(" ", block(node));
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const text = shown(node);
    if (node.tagName === "BR") last = null;
    else if (text === null)
      for (const inner of node.shadowRoot?.childNodes ?? slotted(node) ?? node.childNodes) walk(inner);
    else if (node.checkVisibility() && isSeen(node.getBoundingClientRect(), node)) add(text, node);
  };
  if (document.body) walk(document.body);
  return [...new Set(lines.map((line) => line.trim()).filter(Boolean))];
};
