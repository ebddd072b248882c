"""How the SFU says no: Stream's `ErrorCode`, a sentence, and what the client should do next."""

from __future__ import annotations

from harness.local_stream.sfu.protocol import Message, events, models


class SfuError(Exception):
    """One refusal: `code` is a `models.ErrorCode`, `strategy` a `models.WebsocketReconnectStrategy`."""

    def __init__(self, code: int, message: str, *, retry: bool = False, strategy: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry = retry
        self.strategy = strategy

    def as_model(self) -> Message:
        """`models.Error`, as every RPC response carries it."""
        return models.Error(code=self.code, message=self.message, should_retry=self.retry)

    def as_event(self) -> Message:
        """`SfuEvent.error`, as the WebSocket carries it."""
        return events.SfuEvent(error=events.Error(error=self.as_model(), reconnect_strategy=self.strategy))


def unauthenticated(
    message: str, *, strategy: int = models.WEBSOCKET_RECONNECT_STRATEGY_DISCONNECT
) -> SfuError:
    return SfuError(models.ERROR_CODE_UNAUTHENTICATED, message, strategy=strategy)


def permission_denied(message: str) -> SfuError:
    return SfuError(models.ERROR_CODE_PERMISSION_DENIED, message)


def invalid(message: str) -> SfuError:
    return SfuError(models.ERROR_CODE_REQUEST_VALIDATION_FAILED, message)


def reconnect_failed(session_id: str) -> SfuError:
    return SfuError(
        models.ERROR_CODE_PARTICIPANT_RECONNECT_FAILED,
        f"no participant with session id {session_id!r} to reconnect: join anew",
        strategy=models.WEBSOCKET_RECONNECT_STRATEGY_REJOIN,
    )


def participant_not_found(session_id: str) -> SfuError:
    return SfuError(
        models.ERROR_CODE_PARTICIPANT_NOT_FOUND,
        f"no participant with session id {session_id!r} in this call: join first",
        strategy=models.WEBSOCKET_RECONNECT_STRATEGY_REJOIN,
    )
