"""Marker algebra over a grid of environments (PEP 508), and the environments that a lock is made for."""
