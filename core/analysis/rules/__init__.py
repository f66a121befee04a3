"""What to make of a run: named rules, each with its thresholds, and the two to four that matter most."""
