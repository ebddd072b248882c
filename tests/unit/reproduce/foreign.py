"""Small pages that nobody here wrote for the harness: one that handles failures, and some that do not."""

from __future__ import annotations

PAGE = """<!doctype html><title>A show</title><h1>A show</h1><p id="state">Offline</p><p id="error"></p>
<button id="go">Go live</button><script>
const say = (what) => { state.textContent = what };
const fail = (what) => { error.textContent = what };
const sentences = {
  NotAllowedError: "Please allow camera and microphone in your browser's settings, then try again.",
  NotFoundError: "We could not find a camera or microphone. Plug one in and try again.",
  NotReadableError: "Your camera or microphone is being used by another app. Close it and try again.",
  OverconstrainedError: "The device that you chose is not available. Choose a different one.",
  SecurityError: "This page may not use your camera here. Open it in a tab of its own.",
  TypeError: "Turn on your camera or microphone first.",
};
const stop = (tracks) => tracks.forEach((track) => track.stop());
go.onclick = async () => {
  fail("");
  say("Waiting until you allow the camera");
  const got = [];
  try {
    if (!navigator.mediaDevices) throw { secure: false };
    for (const kind of ["audio", "video"])
      got.push(...(await navigator.mediaDevices.getUserMedia({ [kind]: true })).getTracks());
    say("You are live");
    if (window.dies) setTimeout(() => stop(got), 400);
    const lost = () => {
      stop(got);
      say("Offline");
      fail("Your camera or microphone was lost: connect it again.");
    };
    for (const track of got) track.onended = lost;
    if (got.some((track) => track.readyState === "ended")) lost();
  } catch (problem) {
    CAUGHT
  }
};
BY_ITSELF
</script>"""
GOOD = """stop(got);
    say("Offline");
    const insecure = problem.secure === false;
    fail(insecure ? "Open this page with https: it is not secure." : sentences[problem.name]);"""
DIALOG = f"""{GOOD}
    const box = document.createElement("dialog");
    box.innerHTML = "<p></p><button>OK</button>";
    box.firstChild.textContent = error.textContent;
    fail("");
    box.lastChild.onclick = () => box.close();
    document.body.append(box);
    box.showModal();"""
CAUGHT = {
    "dialog": DIALOG,
    "held": f"{DIALOG} box.closedBy = 'none'; box.lastChild.remove();",
    "alert": f"{GOOD} alert(error.textContent); fail('');",
    "toast": f"{GOOD} setTimeout(() => fail(''), 3000);",
    "silent": "stop(got); say('Offline'); console.error(problem);",
    "raw": "stop(got); say('Offline'); fail(`${problem.name}: ${problem.message}`);",
    "misleading": "stop(got); say('Offline'); fail('Camera permission denied. Please allow access.');",
    "claims": "stop(got); fail(sentences[problem.name]); say('You are live');",
    "keeps": "say('Offline'); fail(sentences[problem.name]); window.kept = got;",
    "slow": f"const late = got.splice(0); setTimeout(() => stop(late), 1500); {GOOD}",
    "stuck": f"{GOOD} go.disabled = true;",
    "half": f"{GOOD} window.half = true;",
    "dies": f"{GOOD} window.dies = true;",
    "tries-in-vain": f"{GOOD} go.textContent = 'Try again'; go.onclick = null;",
    "outside": f"{GOOD} error.style = 'position: absolute; left: -9999px';",
    "clipped": f"{GOOD} error.style = 'position: absolute; width: 1px; height: 1px; overflow: hidden';",
}


FRAMED = """<!doctype html><title>An app</title><h1>An app</h1><button>Log out</button>
<iframe src="/INNER" width="640" height="480"></iframe>"""
IN_A_DIALOG = """const room = document.createElement("dialog");
room.append(state, error, go);
document.body.append(room);
room.showModal();"""
COVERED = """const cover = document.createElement("div");
cover.style = "position: fixed; inset: 0; background: white";
cover.innerHTML = "<p>We use cookies</p><button>Accept all</button>";
cover.lastChild.onclick = () => cover.remove();
document.body.append(cover);"""
CONSENT = """const consent = document.createElement("div");
consent.role = "dialog";
consent.innerHTML = "<p>We use cookies</p><button>Allow all</button><button>Allow selected</button>";
consent.onclick = () => consent.remove();
document.body.append(consent);
go.textContent = "Join";"""
MEMBERS = 'if (localStorage.session !== "that-of-a-member") document.body.textContent = "Please sign in";'
BY_ITSELF = {
    "by-itself": "go.click()",
    "tries-in-vain": "go.click()",
    "later": "setTimeout(() => go.click(), 2500)",
    "members": MEMBERS,
    "in-a-dialog": IN_A_DIALOG,
    "covered": COVERED,
    "consent": CONSENT,
}


def page(name: str) -> str:
    """The page that handles failures as its name says; one without a fault for any other name.

    `framed-` before it: the same in a frame of another page.
    """
    if name.startswith("framed-"):
        return FRAMED.replace("INNER", name.removeprefix("framed-"))
    text = PAGE.replace("CAUGHT", CAUGHT.get(name, GOOD))
    text = text.replace("BY_ITSELF", BY_ITSELF.get(name, ""))
    kinds = {"audio": '["audio"]', "half": 'window.half ? ["video"] : ["audio", "video"]'}
    text = text.replace('["audio", "video"]', kinds.get(name, '["audio", "video"]'))
    if name == "settings":
        text = text.replace("<button", "<button>Camera settings</button><button").replace(
            "[kind]: true", "[kind]: {}"
        )
    return text
