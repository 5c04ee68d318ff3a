"""How many primes there are below a number, part by part, with a ThreadPoolExecutor."""

from concurrent.futures import ThreadPoolExecutor

LIMIT, PARTS = 20_000, 8


def primes(part: int) -> int:
    """Count the primes of one part."""
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2 + part, LIMIT, PARTS))


def main() -> None:
    """Share the parts among four workers."""
    with ThreadPoolExecutor(4) as workers:
        total = sum(workers.map(primes, range(PARTS)))
    print(total)


if __name__ == "__main__":
    main()
