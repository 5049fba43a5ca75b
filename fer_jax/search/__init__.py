"""Ways to get networks. Knows nothing of files, metrics or Hydra."""
