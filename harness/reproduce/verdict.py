"""Whether a page handled a failure: told a person, did not claim to be on air, let go, and works again."""

from __future__ import annotations

from harness.reproduce.trial import LETS_GO, Seen

CLAIMS_NOTHING = ("refused", "no devices", "pending")  # after which nobody is on air
ABOUT = {
    "permission": "the permission, and how to give it",
    "missing": "the device that is missing",
    "busy": "the device that is in use elsewhere",
    "constraints": "the choice of another device",
    "insecure": "a secure address (https)",
    "blocked": "a page that may not use devices where it is",
    "no start": "a device that does not start",
    "defect": "a device, in a sentence for people",
    "waiting": "waiting for the permission or the device",
    "lost": "the device that was lost",
    "stuck": "a picture or a sound that has stopped",
    "no picture": "a picture that shows nothing",
    "no sound": "a microphone that gives no sound",
    "nothing": "nothing: it should just work",
}


def faults(seen: Seen, exactly: str | None) -> list[str]:
    """What the page did wrong, a sentence each; `exactly` must be among what it told, when it is given."""
    return [*_told(seen, exactly), *_asked(seen), *_claimed(seen), *_kept(seen), *_stuck(seen)]


def should_say(seen: Seen, exactly: str | None) -> str:
    """What a person should read."""
    return f'"{exactly}"' if exactly else f"a sentence about {ABOUT[seen.failure.topic]}"


def _told(seen: Seen, exactly: str | None) -> list[str]:
    texts = [sentence.text for sentence in seen.told]
    wrong = [
        f'"{one.text}": {one.wrong}.'
        for one in seen.told
        if one.wrong and not (exactly and exactly in one.text)
    ]
    if exactly is not None:
        shown = any(exactly in text for text in texts)
        return wrong if shown else ["It does not show the sentence that it should.", *wrong]
    if wrong or seen.failure.topic == "nothing" or any(one.fits for one in seen.told):
        return wrong
    about = ABOUT[seen.failure.topic]
    return [f"It tells a person nothing about {about}." if texts else "It tells a person nothing at all."]


def _asked(seen: Seen) -> list[str]:
    if seen.failure.outcome != "not asked" or not seen.requests:
        return []
    return [f"It asks who only watches for a device: {seen.requests[0]}."]


def _claimed(seen: Seen) -> list[str]:
    if seen.live is None or seen.failure.outcome not in CLAIMS_NOTHING:
        return []
    return [f'It claims to be on air: "{seen.live}".']


def _kept(seen: Seen) -> list[str]:
    if not seen.left or seen.failure.outcome not in LETS_GO:
        return []
    names = {"video": "camera", "audio": "microphone"}
    kept = " and the ".join(sorted({names[kind] for kind in seen.left}))
    return [f"It still captures the {kept} after the attempt failed."]


def _stuck(seen: Seen) -> list[str]:
    return [f"{seen.recovered}."] if seen.recovered else []
