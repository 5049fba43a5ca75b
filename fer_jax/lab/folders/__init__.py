"""What a run leaves on disk: every file whole or not at all, known by its checksum."""
