"""What a command found, in the forms that people and their tools read; one module for each form."""
