"""New run: presets, the form, preflight, the launch."""
