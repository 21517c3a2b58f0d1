"""« Caviarder » (rule R6): a value leaves a record, its history, and whatever repeats it.

- `pattern`: every way of writing a value (pure Python);
- `columns`: the columns of the database where somebody's words may stand;
- `candidates`: the values that a record has, or had;
- `files`: the imports that wait, dropped when their file has the value;
- `removing`: where a value stands, and its removal, which leaves a trace without the value.
"""
