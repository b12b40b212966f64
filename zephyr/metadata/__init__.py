"""Python packaging turned into solver questions, streaming."""
