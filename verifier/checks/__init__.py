"""The checks: functions from values that return when they pass and raise CheckError when they do not.

None reads a clock, or a disk (but for the bundled contexts), or asks the network.
"""
