"""Set-up: what a run needs and a machine may lack, found or made, once.

`start`, `commands`, `virtual_environment`, `progress`, `locked` and `tool` run before any package is there:
they use the standard library alone.
"""
