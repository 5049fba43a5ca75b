"""The commands of `fer-jax`, one a module. Nothing heavy is imported until one is executed."""
