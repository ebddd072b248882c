"""PostgREST's errors: `{"code", "message", "details", "hint"}`, its own or PostgreSQL's."""

from __future__ import annotations

import psycopg
from starlette.responses import JSONResponse, Response


class RestError(Exception):
    """An answer of `status` with PostgREST's error `code`, as `PGRST116`."""

    def __init__(
        self, status: int, code: str, message: str, details: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "details": details, "hint": hint}

    def response(self) -> Response:
        """The JSON answer; a 401 says how to sign in."""
        headers = {"Proxy-Status": f"PostgREST; error={self.body['code']}"}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(self.body, self.status, headers=headers)


def cannot_parse(what: str, text: str, details: str) -> RestError:
    """A query parameter that is not in PostgREST's grammar."""
    return RestError(400, "PGRST100", f'"failed to parse {what} ({text})" (line 1, column 1)', details)


def of_database(error: psycopg.Error, role: str) -> RestError:
    """PostgreSQL's own error, with the status that PostgREST gives it."""
    diagnosis = error.diag
    code = error.sqlstate
    if isinstance(error, psycopg.DataError) and code is None:
        # The driver sends no NUL; PostgreSQL would answer this.
        return RestError(400, "22021", 'invalid byte sequence for encoding "UTF8": 0x00')
    if code is None:
        return RestError(503, "PGRST001", "Database client error. Retrying the connection.", str(error))
    return RestError(
        _status(code, role),
        code,
        diagnosis.message_primary or str(error),
        diagnosis.message_detail,
        diagnosis.message_hint,
    )


# Source: `mapSQLtoHTTP` of PostgREST's Error.hs, without what the statements made here cannot cause.
STATUS_OF_CODE = {
    "23503": 409,
    "23505": 409,
    "42P01": 404,
    "42P17": 500,
    "42883": 404,
    "57P01": 503,
    "53400": 500,
    "P0001": 400,
}
STATUS_OF_CLASS = {
    "08": 503,
    "09": 500,
    "0L": 403,
    "0P": 403,
    "25": 500,
    "28": 403,
    "2D": 500,
    "38": 500,
    "39": 500,
    "3B": 500,
    "40": 500,
    "53": 503,
    "54": 500,
    "55": 500,
    "57": 500,
    "58": 500,
    "P0": 500,
    "XX": 500,
}


def _status(code: str, role: str) -> int:
    if code == "42501":
        # Not allowed: who has not signed in may do so, who has may not.
        return 401 if role == "anon" else 403
    return STATUS_OF_CODE.get(code, STATUS_OF_CLASS.get(code[:2], 400))
