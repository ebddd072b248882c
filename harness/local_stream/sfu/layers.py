"""All layers of one track: which one serves a viewer, and which one stands in while that does not flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.local_stream.sfu.layer import Layer
from harness.local_stream.sfu.protocol import Message
from harness.local_stream.sfu.subscription import Wish

# Lowest first; the names that Stream's clients give to theirs.
RIDS = ("q", "h", "f")
# A picture may be shown a little larger than it is before the next layer is worth its bitrate.
STRETCH = 1.1


class Layers:
    """Lowest first. A track that is not simulcast has one."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        self._all = sorted(layers, key=_rank)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def lowest(self) -> Layer:
        return self._all[0]

    def named(self, rid: str) -> Layer | None:
        return next((layer for layer in self._all if layer.rid == rid), None)

    def of_source(self, ssrc: int) -> Layer | None:
        return next((layer for layer in self._all if layer.ssrc == ssrc), None)

    def announce(self, announced: Iterable[Message]) -> None:
        """Take over what `models.VideoLayer`s say of sizes and rates."""
        for each in announced:
            layer = self.named(each.rid) or (self._all[0] if len(self._all) == 1 else None)
            if layer:
                layer.width, layer.height = each.video_dimension.width, each.video_dimension.height
                layer.bitrate, layer.fps = each.bitrate, each.fps
        self._all.sort(key=_rank)

    def fitting(self, wish: Wish, lowered: int = 0) -> Layer:
        """The lowest that covers what is asked for, else the highest; `lowered` by so many steps."""
        if wish.width is None or wish.height is None:
            best = len(self._all) - 1
        else:
            width, height = wish.width, wish.height
            covering = (
                index
                for index, layer in enumerate(self._all)
                if layer.width * STRETCH >= width and layer.height * STRETCH >= height
            )
            best = next(covering, len(self._all) - 1)
        return self._all[max(0, best - lowered)]

    def is_better(self, layer: Layer, than: Layer, aim: Layer) -> bool:
        """Whether `layer` stands in better for `aim`: the next lower one, else the lowest above."""
        return self._closeness(layer, aim) > self._closeness(than, aim)

    def _closeness(self, layer: Layer, aim: Layer) -> int:
        index = self._all.index(layer)
        return index if index <= self._all.index(aim) else -index


def _rank(layer: Layer) -> tuple[int, int]:
    known = RIDS.index(layer.rid) if layer.rid in RIDS else len(RIDS)
    return layer.width * layer.height, known
