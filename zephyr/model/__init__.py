"""Frozen values shared by all layers. No input or output, no clock, no paths looked at."""
