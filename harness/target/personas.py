"""How people and parties are called: as they really are, which is what apps get wrong."""

from __future__ import annotations

from typing import Literal, get_args

from faker import Faker

Kind = Literal["plain", "emoji", "right to left", "quotes", "HTML", "long"]
KINDS: tuple[Kind, ...] = get_args(Kind)
EVERYDAY = tuple(
    kind for kind in KINDS if kind != "long"
)  # a deployment's database may have a limit of its own
LONG = 300  # characters
EMOJI = ("👩‍🎤🎧", "🇧🇷✨", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🎶👍🏽")
RIGHT_TO_LEFT = ("he_IL", "ar_AA", "fa_IR")


class Personas:
    """The next ones are the same whenever `seed` is."""

    def __init__(self, seed: str) -> None:
        self._faker = Faker(["en_US", *RIGHT_TO_LEFT])
        self._faker.seed_instance(seed)

    def name(self, kind: Kind | None = None) -> str:
        """A person's name; of any everyday kind when none is named."""
        language = self._language(kind := kind or self._any())
        return self._made(kind, str(self._faker[language].name()))

    def title(self, kind: Kind | None = None) -> str:
        """A party's title."""
        kind = kind or self._any()
        words = self._faker["en_US"].catch_phrase() if kind != "right to left" else self.name(kind)
        return self._made(kind, str(words))

    def _any(self) -> Kind:
        kind: Kind = self._faker["en_US"].random_element(EVERYDAY)
        return kind

    def _language(self, kind: Kind) -> str:
        return str(self._faker["en_US"].random_element(RIGHT_TO_LEFT)) if kind == "right to left" else "en_US"

    def _made(self, kind: Kind, text: str) -> str:
        word = self._faker["en_US"].word()
        match kind:
            case "emoji":
                return f"{self._faker['en_US'].random_element(EMOJI)} {text} {word}"
            case "quotes":
                return f'"{text}" O\'{word} `{word}` \\{word} 100 % ; --'
            case "HTML":
                return f"<b>{text}</b> &amp; <img src=x onerror=\"document.title='{word}'\"> {{{{{word}}}}}"
            case "long":
                return (f"{text} {word} " * LONG)[: LONG - 1] + "."
            case _:
                return text
