"""Updates of the program: what is refused, what is tried, what is left again."""
