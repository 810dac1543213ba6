"""Ways from a job to its delivery laws, independent of each other."""
