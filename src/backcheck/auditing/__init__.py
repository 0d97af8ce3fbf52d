"""Tests of authors, judged as they stand.

`attempts` runs a test in a process of its own, once for each backward pass, `report` says how fair
and how strong it is and why, and `described` reads the network that it is about from a file.
`index` is a table of the public tests.
"""
