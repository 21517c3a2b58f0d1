"""A record (fiche) as staff write it: its form, what changed since it was opened, its gate."""
