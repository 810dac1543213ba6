"""What every room stands on: units, errors, estimates, random streams, checked records."""
