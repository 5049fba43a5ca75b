"""What a run is asked to do: its keys, and what Hydra composes of them."""
