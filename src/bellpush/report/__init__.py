"""What a user sees: tables and explanations."""
