"""Ways to get networks, each from a configuration to what it found; `registry` names them."""
