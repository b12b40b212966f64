"""Resolving for every platform and Python at once: one answer where one does, several where they differ."""
