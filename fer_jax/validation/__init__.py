"""Whether metrics mean what they say: tests that each of them, and each baseline, has to take."""
