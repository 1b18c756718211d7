"""A school's whole record as one open file: what is in it, how it is taken and how it is read.

`kinds` is the table of what belongs to a record; from it come the content, the description that
goes with it and the import.
"""
