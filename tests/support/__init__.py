"""What the tests stand on: a clean environment, databases, terminals, processes."""
