"""What a project says of itself: ``pyproject.toml`` (PEP 621, 735), ``[tool.zephyr]``; scripts (PEP 723)."""
