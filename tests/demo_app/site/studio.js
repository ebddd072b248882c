// The studio: `?room=` names the room. Menu, confirmation, broadcast.
import { account, enter, find, lamp, post, toast } from "./common.js";

const room = new URLSearchParams(location.search).get("room");
const TROUBLE = {
  NotAllowedError: "Your browser keeps camera and mike from us",
  NotFoundError: "Plug in a camera and a mike first",
};
// The client refuses by itself, and in words of its own, once the browser has said no.
const trouble = ({ name, message }) =>
  TROUBLE[/^Permission was not granted/.test(message) ? "NotAllowedError" : name] ?? `It went wrong: ${message}`;
let air = null;

find("#menu").onclick = () => {
  const shut = find("#actions").toggleAttribute("hidden");
  find("#menu").ariaExpanded = String(!shut);
};

async function broadcast() {
  const { data } = await account.auth.getSession();
  if (!data.session) return toast("Members only: enter first");
  const granted = await post("/api/token", { callType: "livestream", callId: room });
  if (!granted.ok) return toast(`The door is shut: ${granted.error}`);
  const { client, call } = enter(granted);
  try {
    await call.join({ create: false });
    if (find("#cam").checked) await call.camera.enable();
    if (find("#mic").checked) await call.microphone.enable();
    await call.goLive();
  } catch (error) {
    await call.leave().catch(() => {});
    await client.disconnectUser();
    throw error;
  }
  await post("/api/air", { callId: room, onAir: true });
  air = { client, call };
  lamp("ON AIR");
}

find("#start").onclick = async () => {
  if (!confirm("Shall the world hear you?")) return;
  lamp("warming up");
  await broadcast().catch((error) => toast(trouble(error)));
  if (!air) lamp("off air");
};

find("#stop").onclick = async () => {
  await air.call.stopLive();
  await post("/api/air", { callId: room, onAir: false });
  await air.call.leave();
  await air.client.disconnectUser();
  air = null;
  lamp("good night");
};

find("#cam").onchange = () => air?.call.camera.toggle();
find("#mic").onchange = () => air?.call.microphone.toggle();
