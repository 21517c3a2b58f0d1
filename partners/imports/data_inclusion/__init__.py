"""data·inclusion v1, the State's open schema of structures and services, into the directory.

`reading` gives rows of a file, `schema` checks them as the official models do, `drafts` turns
them into what any import plans, `keeping` leaves staff's own work alone, `scope` keeps the
départements asked for, `gone` archives what a source no longer has, `load` runs it all.

https://github.com/gip-inclusion/data-inclusion
"""
