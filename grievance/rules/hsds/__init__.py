"""HSDS, the standard for directories of help: its tables, older forms of it, and what files hold.

Pure: rows and texts come in, rows and texts come out. Names of tables and fields are those of
HSDS 3.1 (Open Referral), used here as interface names only.
"""
