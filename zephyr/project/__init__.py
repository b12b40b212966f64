"""What a project says of itself: ``pyproject.toml`` (PEP 621, 735), ``[tool.zephyr]``, and scripts (PEP 723)."""
