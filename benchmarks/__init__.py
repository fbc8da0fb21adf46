"""Speed and quality, against other implementations; students do not run these."""
