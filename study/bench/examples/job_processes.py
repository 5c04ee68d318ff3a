"""How many primes there are below a number, part by part, with processes and queues."""

from __future__ import annotations

import multiprocessing.queues

LIMIT, PARTS = 20_000, 8


def primes(part: int) -> int:
    """Count the primes of one part."""
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2 + part, LIMIT, PARTS))


def work(parts: multiprocessing.queues.Queue[int | None], counts: multiprocessing.queues.Queue[int]) -> None:
    """Count parts until there is none."""
    while (part := parts.get()) is not None:
        counts.put(primes(part))


def main() -> None:
    """Share the parts among four processes."""
    parts: multiprocessing.queues.Queue[int | None] = multiprocessing.Queue()
    counts: multiprocessing.queues.Queue[int] = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=work, args=(parts, counts)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for part in [*range(PARTS), *[None] * len(workers)]:
        parts.put(part)
    total = sum(counts.get() for _ in range(PARTS))
    for worker in workers:
        worker.join()
    print(total)


if __name__ == "__main__":
    main()
