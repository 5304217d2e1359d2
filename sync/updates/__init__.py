"""New programs: found, proved, laid beside the old one, tried on a copy, left when they fail."""
