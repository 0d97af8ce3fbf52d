"""From a paste to its explanation.

`reading` takes numbers and messages out of a text, `placing` takes them for the steps of a test,
`search` finds the mutants that print them, and `diagnose` tells. `symptoms` and `clues` say what
an exception, a failing assert or a ratio speaks for, `courses` reads a test from a file, and
`catalogue` and `answers` have every named mistake with its numbers.

`running` runs a reader's own function: `sources` takes it out of a notebook, `child` calls it in a
process of its own as `calling` says that a test does, `returned` judges what comes back, and
`lines` finds the first line that is not right.
"""
