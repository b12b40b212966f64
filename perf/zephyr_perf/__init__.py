"""Measures Zephyr beside pip, uv, poetry and pdm: the same work, in the same run, in turn.

`scenarios` and `commands` say what is measured, `goals` what is hoped for. `site`, `mirror`, `nginx`, `relay`
and `index` serve packages over loopback; `peers` and `workspace` prepare tools and folders outside the clock;
`runner` runs one command in a process of its own, `station` is one tool in one scenario and `measuring` takes
the tools in turn; `statistics`, `report`, `record` and `plots` tell what came of it.
"""
