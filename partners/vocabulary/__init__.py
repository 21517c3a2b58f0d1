"""The words of the directory as the manager keeps them, without a developer.

`trial` tries words before they are saved, `situations` archives and merges, `order` moves up and
down, `edits` sees that somebody else wrote meanwhile.
"""
