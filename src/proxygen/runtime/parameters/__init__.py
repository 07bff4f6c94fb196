"""Path, query, header and cookie parameters, from the wire to the contract's model."""
