"""The Django project: settings, addresses, the embedded PostgreSQL and the first installation."""
