"""The past of a record: what it was at each moment, who changed what, and how to go back.

- `versions.read`: the versions of a record, from the events that triggers keep (rule R8);
- `wording.tell`: their differences in the field's French words;
- `restoring`: what going back would change, and going back.
"""
