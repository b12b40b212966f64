"""The command line: one module per command family. The only part of Zephyr that prints."""
