"""What a manager writes around a record: one small form a row, one page a part."""

from partners.scheme_forms.parts import PARTS, DetailsForm, parts_of
from partners.scheme_forms.rows import Rows, rows_of

__all__ = ["PARTS", "DetailsForm", "Rows", "parts_of", "rows_of"]
