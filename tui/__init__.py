"""The interface: the Textual app and the command line."""
