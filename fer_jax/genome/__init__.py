"""Evolved networks: graphs, their files, layerization, and the targets that they draw."""
