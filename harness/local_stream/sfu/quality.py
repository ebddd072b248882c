"""Tells a publisher which layers of a track to send, so that it does not encode what nobody watches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from harness.local_stream.sfu.layer import Layer
from harness.local_stream.sfu.protocol import Message, events, models
from harness.local_stream.sfu.track import PublishedTrack

# A layer is stopped when nobody has wanted it for so long: people resize windows and come back.
UNWATCHED_SECONDS = 3.0


class PublishQuality:
    """Of one simulcast track: the lowest layer is always sent, so that a new viewer sees at once.

    `info` is the `models.TrackInfo` that announced the track; `send` takes an `events.SfuEvent`.
    """

    def __init__(self, track: PublishedTrack, info: Message, send: Callable[[Message], None]) -> None:
        self._track = track
        self._info = info
        self._send = send
        self._sent = set(track.layers)
        self._waiting: asyncio.TimerHandle | None = None

    @staticmethod
    def can_be_told(track: PublishedTrack, info: Message) -> bool:
        """Clients without publish options (1.0) take every such event for one about the camera."""
        camera = track.type == models.TRACK_TYPE_VIDEO
        return len(track.layers) > 1 and (camera or bool(info.publish_option_id))

    def review(self) -> None:
        """Ask at once for what viewers want and is not sent, a little later for less."""
        needed = self._needed()
        if needed - self._sent:
            self._tell(self._sent | needed)
        if self._sent - needed and self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_later(UNWATCHED_SECONDS, self._settle)

    def repeat(self) -> None:
        """Say it again, for a client that may have missed it."""
        self._tell(self._sent)

    def close(self) -> None:
        if self._waiting:
            self._waiting.cancel()

    def _needed(self) -> set[Layer]:
        return self._track.watched_layers() | {self._track.layers.lowest}

    def _settle(self) -> None:
        self._waiting = None
        needed = self._needed()
        if needed != self._sent:
            self._tell(needed)

    def _tell(self, layers: set[Layer]) -> None:
        self._sent = layers
        sender = events.VideoSender(
            codec=self._info.codec,
            track_type=self._track.type,
            publish_option_id=self._info.publish_option_id,
            layers=[self._setting(layer) for layer in self._track.layers],
        )
        self._send(
            events.SfuEvent(change_publish_quality=events.ChangePublishQuality(video_senders=[sender]))
        )

    def _setting(self, layer: Layer) -> Message:
        return events.VideoLayerSetting(
            name=layer.rid,
            active=layer in self._sent,
            max_bitrate=layer.bitrate,
            max_framerate=layer.fps,
        )
