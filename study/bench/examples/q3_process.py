"""Q3: start one process and wait for it."""

import multiprocessing
import sys


def speak() -> None:
    """Run in the child."""
    print("This is a child process.")


def main() -> None:
    """Run in the parent."""
    child = multiprocessing.Process(target=speak)
    child.start()  # goes on without waiting for the child
    child.join()  # returns when the child has ended
    print("This is the main process.")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
