"""No file needs, by way of others, itself: whoever reads one finds what it stands on by going down."""

from __future__ import annotations

from graphlib import TopologicalSorter

import grimp

_PACKAGES = ("schemas", "lrs", "credentials", "verifier", "jejak", "bench")


def test_no_file_imports_itself_by_way_of_others() -> None:
    """Imports for types alone count as well."""
    graph = grimp.build_graph(*_PACKAGES, cache_dir=None)
    needs = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(needs) > 500
    TopologicalSorter(needs).prepare()  # raises CycleError, which names the circle
