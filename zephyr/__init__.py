"""Zephyr: an async, concurrent package installer, locker and environment manager for Python.

This module imports nothing, so that ``python -m zephyr`` can drop the working directory from the
import path before any other module is looked for (see ``__main__``).
"""

__version__ = "0.1.0"
