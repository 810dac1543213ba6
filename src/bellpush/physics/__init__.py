"""Devices from first principles: open quantum systems, cascades of them, pulses, readout."""
