"""The API `/api/v1/`: the same search, records and rules as the pages, for other tools."""
