"""`harness target init` writes a target file, `harness target check` looks at each piece of it."""
