"""Runs: configuration, run folders, checkpoints, resuming, collecting and statistics.

This room alone knows Hydra. It knows nothing of pictures.
"""
