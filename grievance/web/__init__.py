"""What the doors share: database, sessions, language, access, headers, errors, plain pages."""
