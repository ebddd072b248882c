"""The vendor's errors: HTTP status, code and body.

Body: `{code, message, StatusCode, duration, more_info, details[]}` plus optional `exception_fields` (one
sentence for each field at fault) and `unrecoverable` (the client must not retry).
"""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """The vendor's error codes that the local Stream answers with."""

    INTERNAL = -1
    ACCESS_KEY = 2
    INPUT = 4
    AUTHENTICATION = 5
    RATE_LIMIT = 9
    NOT_FOUND = 16
    NOT_ALLOWED = 17
    PAYLOAD_TOO_BIG = 22
    REQUEST_TIMEOUT = 23
    TOKEN_EXPIRED = 40
    TOKEN_NOT_VALID_YET = 41
    TOKEN_BEFORE_ISSUED_AT = 42
    TOKEN_SIGNATURE = 43
    CONNECTION_ID = 46


class ApiError(Exception):
    """A refused request. `plain` messages stand alone, others read `<Operation> failed with error: ...`."""

    def __init__(
        self,
        status: int,
        code: int,
        detail: str,
        *,
        plain: bool = False,
        exception_fields: dict[str, str] | None = None,
        unrecoverable: bool = False,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.plain = plain
        self.exception_fields = exception_fields
        self.unrecoverable = unrecoverable

    def message(self, operation: str) -> str:
        """The message as a client of `operation` reads it."""
        return self.detail if self.plain else f'{operation} failed with error: "{self.detail}"'

    def body(self, operation: str, duration: str) -> dict[str, object]:
        """The vendor's error object."""
        answer: dict[str, object] = {
            "code": int(self.code),
            "message": self.message(operation),
            "StatusCode": self.status,
            "duration": duration,
            "more_info": "https://getstream.io/chat/docs/api_errors_response",
            "details": [],
        }
        if self.exception_fields:
            answer["exception_fields"] = self.exception_fields
        if self.unrecoverable:
            answer["unrecoverable"] = True
        return answer


def input_error(detail: str, **fields: str) -> ApiError:
    """400: the request says something that cannot be; `fields` maps each field at fault to its sentence."""
    return ApiError(400, Code.INPUT, detail, exception_fields=fields or None)


def required(field: str) -> ApiError:
    """400: `field` is missing."""
    sentence = f"{field} is a required field"
    return input_error(sentence, **{field: sentence})


def call_not_found(cid: str) -> ApiError:
    """404: no such call."""
    return ApiError(404, Code.NOT_FOUND, f"Can't find call with id {cid}")


def user_not_found(user_id: str) -> ApiError:
    """404: a token for a user that nobody made."""
    return ApiError(404, Code.NOT_FOUND, f"the user {user_id} does not exist")


def not_allowed(user_id: str, role: str, action: str, scope: str) -> ApiError:
    """403: the user's roles do not grant `action`."""
    return ApiError(
        403,
        Code.NOT_ALLOWED,
        f"User '{user_id}' with role '{role}' is not allowed to perform action {action} in scope '{scope}'",
    )


def not_imitated(what: str) -> ApiError:
    """501: the vendor can do `what`, the local Stream can not."""
    return ApiError(
        501, Code.INTERNAL, f"{what} is not imitated by the local Stream: see docs/local-stream.md"
    )


def gone(user_id: str, how: str) -> ApiError:
    """403: the user was deactivated or deleted."""
    return ApiError(403, Code.NOT_ALLOWED, f'user "{user_id}" is {how}')


def server_only(operation: str) -> ApiError:
    """403: a user token asked for what only servers may do."""
    return ApiError(
        403, Code.NOT_ALLOWED, f"{operation} is a server-side operation: it needs a token with server: true"
    )
