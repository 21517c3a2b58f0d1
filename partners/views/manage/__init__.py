"""`/gestion/`: the workspace of the manager (responsable du lien social) and her team.

One module a section. Every view demands `permissions.can_manage` (tests/test_roles.py checks each
address with each role); `sections.py` holds the navigation.
"""
