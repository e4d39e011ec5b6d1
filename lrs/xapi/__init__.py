"""The rules of xAPI, as functions from values to values: no clock, no store, no HTTP. One module for each part of the specification."""
