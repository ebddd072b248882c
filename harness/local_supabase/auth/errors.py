"""Auth's errors: two bodies for one error, chosen by the API version that the client speaks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

VERSION_HEADER = "X-Supabase-Api-Version"
# Since this version `code` is the error's name; before, it was the HTTP status.
NAMED_CODES = "2024-01-01"


class AuthError(Exception):
    """An answer of `status` with the error `code` (as `invalid_credentials`) and a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self, request: Request) -> Response:
        """`{"code", "message"}` for clients of today, `{"code", "error_code", "msg"}` for older ones."""
        if request.headers.get(VERSION_HEADER, "") >= NAMED_CODES:
            body: dict[str, object] = {"code": self.code, "message": self.message}
            headers = {VERSION_HEADER: NAMED_CODES}
        else:
            body = {"code": self.status, "error_code": self.code, "msg": self.message}
            headers = {}
        return JSONResponse(body, self.status, headers={**headers, "X-Sb-Error-Code": self.code})


def invalid_credentials() -> AuthError:
    """One answer for a wrong password and an unknown e-mail, so that neither can be told from the other."""
    return AuthError(400, "invalid_credentials", "Invalid login credentials")


def validation_failed(message: str, status: int = 400) -> AuthError:
    """What was sent is not what the endpoint takes."""
    return AuthError(status, "validation_failed", message)


def forbidden(code: str, message: str) -> AuthError:
    """The token is not good for this."""
    return AuthError(403, code, message)
