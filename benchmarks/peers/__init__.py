"""What proxygen is measured beside: the seed's patterns written by hand, and other gateways as they come."""
