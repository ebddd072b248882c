"""What a request may take of the server as a whole; finer limits stand beside what they limit."""

from __future__ import annotations

TIME_LIMIT = 10.0  # seconds for one request; hosts of functions allow about as much
# Bytes of a request's head that are read at all: four times what is taken, so that who sends a bit too much
# gets an answer in our shape. Whoever sends more gets the plain 400 of the HTTP server.
READ_OF_HEAD = 64 * 1024
