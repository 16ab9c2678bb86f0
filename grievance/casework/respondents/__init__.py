"""Whom cases are about: a desk's records, what follows from a name, and who is tied to one."""
