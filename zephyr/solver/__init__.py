"""Generic PubGrub: version sets as integers, facts from a provider, a proof where there is no solution.

ALGORITHM.md beside this file is the word list.
"""
