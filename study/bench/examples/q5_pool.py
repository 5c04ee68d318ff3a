"""Q5: square five numbers in a pool of worker processes."""

import multiprocessing
import sys


def square(number: int) -> int:
    """Run in a worker, once for each number."""
    return number**2


def main() -> None:
    """Run in the parent."""
    pool = multiprocessing.Pool()  # as many workers as the library thinks right
    squares = pool.map(square, [1, 2, 3, 4, 5])  # waits for all, keeps their order
    print(squares)
    pool.close()  # no more tasks
    pool.join()  # the workers have ended


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
