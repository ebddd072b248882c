"""Which words of a page are about which cause of failure: English, and a judgement.

A cause counts only a few words away from the device that it is about: "in use" alone is a name that is
taken, "your camera is in use" is a reason. All patterns read a line as `plain` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from harness.browser.failures.failure import Topic

CAMERA = r"(?:web)?cam(?:era)?s?|video|picture|image|lens|shutter|see (?:and hear )?(?:you|your)"
MICROPHONE = r"mic(?:rophone)?s?|audio|sound|headsets?|(?:hear|hearing) you"
EITHER = r"(?:media |input )?devices?"
OF_KIND = {"video": CAMERA, "audio": MICROPHONE}
APART = 7  # words that may stand between a cause and its device

# Every way to say no becomes the one word "not".
SAME = (
    (r"[\u2018\u2019\u02bc]", "'"),
    (r"\b(can)not\b|n't\b", r"\1 not"),
    (r"\b(unable|fail(ed|s|ing)?) to\b|\bno longer\b|\bnever\b|\bnone\b|\bnobody\b", "not"),
    (r"\bneither\b", "no"),
    (r"\b(permissions?|access) (?:is |are )?missing\b", r"without \1"),  # which is no missing device
    (r"\bmissing ((?:\w+ ){0,2}(?:permissions?|access))\b", r"without \1"),
    (r"\s+", " "),
)
NOT = r"not (?:\w+ ){0,3}?"
APPS = r"(?:apps?|applications?|programs?|software|tabs?|windows?)"
ASKS = r"(?:choose|select|pick|turn|switch|enable|need|start|unmute)"

PERMISSION = (
    r"permi(?:t|ssion)s?|den(?:y|ied)|refused|block(?:s|ed|ing)?|unblock|disabled|dismissed|grant|allow(?:ed)?|access|"
    r"(?:let|share) (?:\w+ ){1,3}(?:use|with)|your ok|said no|closed the|(?:was|were) closed|privacy|padlock|"
    rf"off for this (?:web)?site|{NOT}(?:choose|use|reach|let|given|share)"
)
NOT_THERE = (
    r"no (?:\w+ ){0,4}?(?:found|detected|connected)|missing|"
    rf"{NOT}(?:find|found|detect\w*|connected|plugged|attached|have an?|see (?:an?|any|one))"
)
MISSING = (
    rf"{NOT_THERE}|{NOT}(?:available|seem to be)|disconnected|unplugged|"
    r"(?:found|detected|see) (?:nothing|zero)|where's|where is|"
    r"(?:connect|attach) (?:an?|one|your|the|it)|plug (?:it |one )?(?:back )?in|plug (?:an?|one|your|the)"
)
NONE = r"no (?:\w+ ){0,2}?(?:%s)(?! (?:sound|picture|crew|delay))"
BUSY = (
    r"in use|(?:already )(?:being )?used|used (?:by|elsewhere)|busy|taken|locked(?! down)|occupied|tied up|"
    r"held by|holding|holds|zoom|teams|obs|skype|facetime|some(?:where|thing|one) else(?!'s)|"
    rf"elsewhere|(?:another|other|different|some) (?:\w+ )?{APPS}|"
    rf"{APPS} (?:(?:is|are|has|have|may|might|be|been|already|currently|still|now) )*"
    r"(?:us(?:e|es|ing)|hold\w*|your)"
)
SECURE = (
    r"https(?!://\w)|(?:not |in|un)secured?\b|"
    r"(?:page|site|connection)s? (?:is|are|(?:to|must) be) secure|"
    r"\bsecure (?:pages?|connections?|sites?|address|contexts?|origins?|version)"
)
CHOICE = (
    r"choose|chose|select|pick(?:ed)?|switch|resolution|quality|incompatible|"
    rf"(?:another|different) (?:one|{CAMERA}|{MICROPHONE}|{EITHER})|"
    rf"{NOT}(?:support\w*|match|available|connected|found|find|do|use|compatible)|unavailable"
)
ELSEWHERE = (
    r"embed\w*|i?frame|sandbox\w*|"
    r"(?:new|own|separate|another|normal|regular) (?:browser )?(?:tab|window)|locked down|"
    r"directly|in browser|"
    r"restrict\w*|administrator|organi[sz]ation|company|polic(?:y|ies)|security|preview|"
    r"(?:this|the|another|full) (?:web)?site|"
    r"(?:this|the) page"
)
NO_START = (
    rf"{NOT}(?:start|respond|answer|turn on|open|work)\w*|too long|tim(?:ed|e) ?out|in time|{BUSY}|"
    r"no (?:answer|response)|forever|a long time"
)
GONE = (
    r"stopped|went (?:away|offline|missing)|quit (?:unexpectedly|working)|has quit|lost|lose|ended|"
    r"disconnected|unplugged|gone|interrupted|revoked|removed|withdrawn|failed|drop(?:s|ped)|crashed|died|"
    r"vanished|disappeared|(?:cut|cuts) out|(?:turned|switched|went|is|are|was|were|got) (?:\w+ )?off"
)
STUCK = (
    r"fr[eo]ze\w*|freez\w*|stuck|stopped|stalled|hang(?:s|ing)|still (?:picture|image)|"
    r"(?:stands?|standing) still|no (?:new )?frames?|(?:went|gone) quiet|picking up nothing|"
    r"black|silent|dropped"
)
DARK = (
    r"black|dark|blank|paused|off|covered|covering|obstruct\w*|cap|closed|uncover|shutter|light|nothing|muted"
)
SILENT = (
    r"silent|quiet|muted|on mute|unmute|nothing|(?:switched|turned) (?:off|down)|"
    r"(?:level|volume) (?:\w+ ){0,2}(?:zero|0|low|too low)|(?:no|zero|low) (?:\w+ )?(?:level|volume)|"
    r"(?:check|raise|turn up) (?:\w+ ){0,3}(?:level|volume)"
)
LATE = (
    r"wait\w*|starting|loading|getting|(?:almost|not|be) ready|prepar\w+|connecting|connect to|opening|"
    r"turning on|sett?(?:ing)? up|"
    r"moment|tak(?:es|ing)|hang tight|slow|warm\w*|wak\w+|initiali\w+|seconds|patient|almost there|long\w*"
)
UNANSWERED = r"wait\w*|allow|permission|prompt\w*|pop-?up|ask\w*|wants|request\w*|respond|answer|access"
TROUBLE = r"not|(?<!no )(?:problems?|trouble|issues?|error|hiccup|glitch)|wrong|failed|fails|unavailable"
# That all is well is no reason for a failure, though it is told in the words of one.
NO_TROUBLE = (
    r"(?<!must )(?<!should )not (?:\w+ ){0,2}"
    r"(?:in use|busy|blocked|denied|muted|silent|frozen|disconnected|missing)|"
    r"nothing (?:is )?(?:missing|wrong)|no (?:\w+ )?(?:problems?|issues?|trouble)"
)
# The same, where nothing is said of when or whether.
ALL_GRANTED = (
    r"(?:access|permissions?) (?:is |are |was |were |has been )?granted\b|(?<!be )allowed\W*$|"
    r"(?:are on|is|have) (?:an? )?(?:secured?|encrypted)\b"
)
CONDITION = r"not|no|only|once|when|until|unless|without|before|after|so that|must|needs?"
ON_ITS_WAY = (
    r"^\W*(?:please wait|(?:just |one )?(?:a )?moment(?: please)?|"
    r"(?:load|start|connect|prepar|getting|sett|initiali[sz])"
    r"(?:ing)?(?: up)?(?: (?:your|the))?(?: (?:stream|show|studio|things|everything))?(?: (?:ready|up))?)\W*$"
)

CAUSES: dict[Topic, str] = {
    "permission": PERMISSION,
    "missing": MISSING,
    "busy": BUSY,
    "constraints": CHOICE,
    "insecure": SECURE,
    "blocked": f"{PERMISSION}|{ELSEWHERE}",
    "no start": NO_START,
    "defect": rf"{ASKS}|selected|chosen|off|without|{NOT}use",
    "waiting": f"{LATE}|{UNANSWERED}",
    "lost": f"{GONE}|{PERMISSION}|{MISSING}",
    "stuck": STUCK,
    "no picture": DARK,
    "no sound": SILENT,
    "nothing": r"(?!)",
}
# What a line says to the exclusion of other causes.
CLAIMS: dict[Topic, str] = {
    "permission": r"permissions?|denied|refused|blocked|not allowed|(?:site|browser(?:'s)?|privacy) settings|"
    r"access (?:is |was )?(?:turned |switched )?off",
    "missing": NOT_THERE,
    "busy": BUSY,
    "insecure": SECURE,
}
# What asks for a device, or tells that one fails, though none is needed or none has failed.
ASKS_FOR = r"(?:allow|connect|attach|plug in|enable|turn on|grant|unblock|not start|not access) (?:\w+ ){0,3}"
# What may stand for the device, and what is clear without one.
BESIDE: dict[Topic, str] = {"blocked": "permission", "waiting": "browser(?:'s)?|permission"}
ALONE: dict[Topic, str] = {"insecure": SECURE}
SAYS_NONE: set[Topic] = {"missing", "lost", "stuck", "no picture", "no sound"}  # "no camera", "no sound"
# Of these the device is there, so "none" must be of what it gives.
GIVES_NONE: set[Topic] = {"stuck", "no picture", "no sound"}
GIVEN = {"video": "video|picture|image|frames?", "audio": "audio|sound"}
# Nothing but that there is trouble can be known of these, so saying that much of the device is enough.
VAGUE: set[Topic] = {"defect", "no start", "lost", "stuck", "no picture", "no sound"}


def plain(line: str) -> str:
    """In small letters and with one word for no."""
    line = line.lower()
    for old, new in SAME:
        line = re.sub(old, new, line)
    return line.strip()


def devices(kinds: Iterable[str]) -> str:
    """A pattern for what a page calls devices of these kinds."""
    return "|".join([*(OF_KIND[kind] for kind in kinds), EITHER])


def is_about(line: str, topic: Topic, kinds: Collection[str]) -> bool:
    """Whether the line, written plainly, names this cause beside a device of these kinds."""
    device = devices(kinds)
    if topic in ALONE and re.search(ALONE[topic], line):
        return True
    lacks = "|".join(GIVEN[kind] for kind in kinds) if topic in GIVES_NONE else device
    none = topic in SAYS_NONE and re.search(NONE % lacks, line) is not None
    return none or _near(line, CAUSES[topic], f"{device}|{BESIDE[topic]}" if topic in BESIDE else device)


def claimed(line: str) -> set[Topic]:
    """The causes that it names, of whatever device."""
    none: set[Topic] = {"missing"} if re.search(NONE % devices(OF_KIND), line) else set()
    return none | blamed(line)


def blamed(line: str) -> set[Topic]:
    """The same without "no camera", which begins many a sentence: no camera may be chosen, or allowed."""
    return {topic for topic, cause in CLAIMS.items() if _near(line, cause, devices(OF_KIND))}


def _near(line: str, cause: str, device: str) -> bool:
    between = rf"\b\W+(?:[\w']+\W+){{0,{APART}}}?"
    return any(
        re.search(rf"\b(?:{first}){between}(?:{second})\b", line)
        for first, second in ((cause, device), (device, cause))
    )


def is_denied(line: str) -> bool:
    """Whether it says that a device is denied, rather than asked for."""
    return _near(line, "denied|refused|blocked", devices(OF_KIND))


def is_answer_awaited(line: str) -> bool:
    """Whether it tells a person to answer, rather than that something takes its time."""
    return re.search(rf"\b(?:{UNANSWERED})\b", line) is not None


def asks_for_device(line: str) -> bool:
    """Whether it wants a device, or says that one fails."""
    return re.search(rf"\b{ASKS_FOR}(?:{devices(OF_KIND)})\b", line) is not None


def is_trouble(line: str, topic: Topic, device: str) -> bool:
    """Whether it says of that device that something is wrong, where no page can know more."""
    return topic in VAGUE and _near(line, TROUBLE, device)


def without_comfort(line: str) -> str:
    """What remains when whatever says that all is well is left out."""
    sentences = re.split(r"(?<=[.!?;]) ", re.sub(rf"\b(?:{NO_TROUBLE})\b", "", line))
    return " ".join(
        one if re.search(rf"\b(?:{CONDITION})\b", one) else re.sub(ALL_GRANTED, "", one) for one in sentences
    )


def is_under_way(line: str) -> bool:
    """Whether it says no more than that something takes its time."""
    return re.search(ON_ITS_WAY, line) is not None
