"""The tests, arranged as the package is; `support/` holds what they stand on."""
