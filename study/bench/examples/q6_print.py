"""Q6: four processes, each printing a number of its own, then a closing line."""

import multiprocessing
import sys


def announce(number: int) -> None:
    """Run in one of the children."""
    print(f"Process {number}: {number}")


def main() -> None:
    """Run in the parent."""
    children = [multiprocessing.Process(target=announce, args=(number,)) for number in (1, 2, 3, 4)]
    for child in children:
        child.start()  # all four run from here on; nobody promises an order
    for child in children:
        child.join()
    print("Program execution completed.")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
