"""Changes an environment by transaction: plan, stage, commit; before or after, never between.

Its values are named tuples where they can be: a command pays for every class that it loads, and a frozen
data class takes several times as long to make.
"""
