"""A listening party that is built in another way than the reference pages; nothing of the harness is in it."""
