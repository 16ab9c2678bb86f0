"""Files of HSDS into the directory and out of it."""
