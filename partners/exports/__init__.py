"""What leaves the directory: published records only, never a named contact (rule R6), nor where
a confidential shelter is (rule R7)."""
