"""Nested so deeply that the parser may crash."""
eval("-" * 200_000 + "1")
