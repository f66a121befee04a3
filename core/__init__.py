"""Everything that knows no interface: config, journal, store, scheduling, training, analysis."""
