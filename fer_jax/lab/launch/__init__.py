"""From a command to many runs, here or on other machines."""
