"""Every row of the hostile and broken documents, as a case; and any text in any slot."""
