"""Use: counters that know neither who nor when (rule R4), and what is published of them."""
