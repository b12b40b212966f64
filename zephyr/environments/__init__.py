"""Interpreters and environments: which there are, what they are, how new ones are made, what is in them.

The doors: `facts.query_interpreter` (what an interpreter is), `discovery.find_interpreter` (which one is
meant), `selection.select_environment` (which environment a command changes), `creation.create_environment`
and `installed.read_installed`.
"""
