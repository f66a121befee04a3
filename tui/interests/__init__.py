"""What screens want to know beside the runs themselves, one kind a file; the feed answers in its own thread."""
