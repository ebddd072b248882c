"""A listening party that is built in another way than the reference pages, with nothing of the harness."""
