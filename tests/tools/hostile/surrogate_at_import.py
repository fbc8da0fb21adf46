"""The import fails with a text that cannot be encoded."""
raise ValueError("\udc80\x1b[2J")
