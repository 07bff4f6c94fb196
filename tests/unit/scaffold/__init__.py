"""What `proxygen init` proposes."""
