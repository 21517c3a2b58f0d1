"""Two records that are one partner: choose field by field, unite the rest, lead the old address.

- `choices`: what the two say, side by side, and what is proposed;
- `links`: every table that points at a record, and what becomes of its rows;
- `uniting`: writes it, in one transaction;
- `undoing`: takes it back while nothing was built on it.
"""
