"""Small programs that `make` runs around the tests."""
