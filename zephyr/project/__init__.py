"""What a project says of itself: ``pyproject.toml`` (PEP 621, PEP 735), ``[tool.zephyr]`` and scripts (PEP 723)."""
