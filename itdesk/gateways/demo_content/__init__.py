"""What the demo desk is made of: people, tickets and articles. Nobody in here exists."""
