"""Changed backward passes, and what they say of a test.

From the ground up: `operators` is the table of changes, `families` what its words stand for,
`roles` what a step is to its layer, `formulas` when two expressions are one, `joint` changes of
several steps, `mutate` every change of a test, `mistakes` those with a name, `mutant` one of them
with its verdict; `audit` judges a test by all of them, `fingerprints` tells them apart by what they
return, and `fair` makes a test that accepts every right program, in one of the `formats`.
"""
