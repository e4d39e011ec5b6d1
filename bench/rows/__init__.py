"""The rows of the table, a module for each part of the product. Each lists its benches in `BENCHES`; `bench.registry` finds them."""
