"""What the contracts generator writes."""
