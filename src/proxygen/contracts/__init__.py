"""datamodel-code-generator behind one function: a schema set in, the text of a contracts module out."""
