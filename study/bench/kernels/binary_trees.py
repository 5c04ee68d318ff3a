"""Grow a complete binary tree and count its nodes: many small tuples made, walked and given back.

The GIL is held throughout; without it, the allocator and the garbage collector are what threads share.
"""

from __future__ import annotations

from study.bench.kernels import Kernel

DEPTH = 13

Tree = tuple["Tree", "Tree"] | None


def grow(depth: int) -> tuple[Tree, Tree]:
    """Give a tree with `depth` levels below its root; every node is an object of its own."""
    if depth == 0:
        left, right = None, None
        return (left, right)
    return (grow(depth - 1), grow(depth - 1))


def nodes(tree: tuple[Tree, Tree]) -> int:
    """How many nodes the tree has, each looked at."""
    left, right = tree
    if left is None or right is None:
        return 1
    return 1 + nodes(left) + nodes(right)


def binary_trees(_index: int) -> int:
    """Grow a tree with 13 levels below its root and count its nodes."""
    return nodes(grow(DEPTH))


KERNEL = Kernel(binary_trees, lambda _index: 2 ** (DEPTH + 1) - 1)
