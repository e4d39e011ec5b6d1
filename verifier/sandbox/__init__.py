"""Uploads are read and checked in a process of their own each, with limits of time and memory: what a stranger made cannot take more.

`nursery` is a process that has loaded everything and forks for each upload; `inmate` is what runs in the fork; `pool` starts the one, hands
files to the others, and answers what they ask (trust list, DID documents, status lists): they open no file and no connection themselves.
"""
