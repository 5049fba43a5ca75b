"""CPPNs: networks from pixel coordinates to colour. Knows nothing of where they come from."""
