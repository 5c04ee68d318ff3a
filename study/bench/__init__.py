"""Everything inside a timed process. Standard library only; a spawned child imports as little of it as it can."""
