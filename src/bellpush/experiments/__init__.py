"""Published claims about entanglement on demand, one experiment a file."""
