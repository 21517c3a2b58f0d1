"""Partners look at their own record: whom to write to, the message, its link, what they answer."""
