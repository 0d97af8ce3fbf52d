"""How a chapter and an answer show things: tables, pictures, the handout's notation, the words.

`tables` and `figures` are for chapters alone; `handout` writes a step as mathematics that does not
run, and `words` has the sentences and patterns that the package and the page of the form share.
"""
