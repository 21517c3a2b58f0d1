"""The support schemes that come with the project, and the bodies that decide on them.

What staff edit is theirs: a record that exists is left alone, and of what stands around it (steps,
papers, documents…) only a part that it never had is written. Running it twice changes nothing.
"""

from partners.imports.schemes.load import DEMO, FOLDER, load

__all__ = ["DEMO", "FOLDER", "load"]
