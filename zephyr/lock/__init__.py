"""The lock file, ``pylock.toml`` (PEP 751): composed, written, read, and compared with what is asked for."""
