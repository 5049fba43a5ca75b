"""What can be seen in a picture: its symmetries, its parts, and which of them are copies."""
