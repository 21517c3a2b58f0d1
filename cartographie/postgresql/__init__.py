"""Django's PostgreSQL, with statements written by hand that each connection prepares once."""


class Prepared(str):
    """An SQL statement (str) run on every page: parsed once by each connection.

    Its values are sent apart from it, so each needs a type that PostgreSQL can tell
    (`%s::int[]`), and it is one statement only.
    """

    __slots__ = ()
