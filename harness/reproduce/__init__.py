"""`harness reproduce NAME`: one failure, on one page, and whether the page handled it."""
