"""What stands in the panes of one run's own screen: pure functions from records to safe, hanging lines."""
