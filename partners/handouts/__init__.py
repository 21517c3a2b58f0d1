"""What a tenant takes away of a call: a sheet of contacts, on paper, as a PDF, a text or a page.

Public facts of records alone. Never named contacts nor the line for professionals (rule R6), never
the place of a confidential record (rule R7), and nothing of the household: nothing is asked of it.
"""

from partners.handouts.choice import MOST, Choice, choose
from partners.handouts.contents import Item, Sheet, items_of, sheet_of

__all__ = ["MOST", "Choice", "Item", "Sheet", "choose", "items_of", "sheet_of"]
