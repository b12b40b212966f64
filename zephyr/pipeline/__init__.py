"""The composition root: joins decisions to workers. One module per command that changes something."""
