"""``--timings``: where the time of a command went.

`recorder` reads the events that the progress display reads, `spans` makes stretches of time of them and
`path` finds those that nothing ran beside. `table`, `page` and `trace` are three ways to show the same.
"""
