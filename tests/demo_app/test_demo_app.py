"""An app that the harness knows by its target file alone is judged as the built-in system is."""
