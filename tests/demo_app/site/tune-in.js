// The set: `#<room>` names the room. Nobody signs in. Picture and sound are in the shadow of <radio-set>.
import { enter, find, lamp, post, toast } from "./common.js";

class RadioSet extends HTMLElement {
  connectedCallback() {
    this.attachShadow({ mode: "open" }).innerHTML = `<video autoplay playsinline muted width="480" height="270"></video>`;
    this.screen = this.shadowRoot.querySelector("video");
    this.bound = new Map();
  }

  /** Show and play whoever publishes. */
  follow(call, participants) {
    for (const { sessionId } of participants) {
      if (this.bound.has(sessionId)) continue;
      const speaker = this.shadowRoot.appendChild(document.createElement("audio"));
      this.bound.set(sessionId, speaker);
      call.bindVideoElement(this.screen, sessionId, "videoTrack");
      call.bindAudioElement(speaker, sessionId);
    }
  }
}
customElements.define("radio-set", RadioSet);

find("#fine").onclick = () => find("#cookies").close();

const callId = location.hash.slice(1);
const granted = await post("/api/guest", { callId, guest: crypto.randomUUID() });
if (!granted.ok) toast("There is no such room");
else {
  const { call } = enter(granted);
  await call.get();
  let joined = false;
  call.state.backstage$.subscribe(async (backstage) => {
    if (backstage) {
      lamp(joined ? "gone" : "silence");
      return;
    }
    if (joined) return;
    joined = true;
    await call.join({ create: false }).catch((error) => toast(`No reception: ${error.message}`));
    lamp("on the air");
  });
  call.state.remoteParticipants$.subscribe((others) => find("radio-set").follow(call, others));
  call.blockedAudioTracker.autoplayBlocked$.subscribe((blocked) => {
    find("#unmute").hidden = !blocked;
  });
  find("#unmute").onclick = () => call.resumeAudio();
}
