"""What a laboratory owns: memories, channels, nodes, and presets of known devices."""
