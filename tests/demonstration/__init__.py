"""What is tested on the whole demonstration, which is loaded once for all of it."""
