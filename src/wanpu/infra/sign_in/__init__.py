"""What every audience's sign-in shares: its refusals and the counting of tries."""
