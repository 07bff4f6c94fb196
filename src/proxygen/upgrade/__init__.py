"""What another version of proxygen would write than the one that wrote an output."""
