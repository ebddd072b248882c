"""WebSockets as uvicorn serves them, but for the SFU's: there every message is bytes, marked as text or not.

The vendor's Python client 4 marks its protobuf as text, and no text has such bytes.
"""

from __future__ import annotations

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

PATH = "/sfu/ws"


class MarkedAsText(WebSocketsSansIOProtocol):
    """Reads one connection."""

    def send_receive_event_to_app(self) -> None:
        if self.scope["path"] == PATH:
            self.curr_msg_data_type = "bytes"
        super().send_receive_event_to_app()
