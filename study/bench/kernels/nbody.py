"""Sun and four giant planets under gravity: float arithmetic in pure Python, the GIL held throughout.

The problem: positions and velocities of the five bodies, units of astronomical unit, year and 4 pi^2 for the Sun's
mass; the Sun is given the velocity that makes the total momentum zero; each step of 0.01 years first changes the
velocities by the attraction of every pair, then moves the bodies. Wanted is the total energy, known to nine digits.
"""

from __future__ import annotations

from itertools import combinations
from math import fsum, pi, sqrt

from study.bench.kernels import Kernel

STEPS = 1000
STEP_YEARS = 0.01
KNOWN = "-0.169087605"
"""Total energy after 1000 steps."""

_SUN_MASS = 4 * pi * pi
_DAYS = 365.24
_PLANETS = (
    # Jupiter, Saturn, Uranus, Neptune: position (au), velocity (au per day), mass (Sun = 1)
    (
        (4.84143144246472090e00, -1.16032004402742839e00, -1.03622044471123109e-01),
        (1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05),
        9.54791938424326609e-04,
    ),
    (
        (8.34336671824457987e00, 4.12479856412430479e00, -4.03523417114321381e-01),
        (-2.76742510726411041e-03, 4.99852801234917238e-03, 2.30417297573763929e-05),
        2.85885980666130812e-04,
    ),
    (
        (1.28943695621391310e01, -1.51111514016986312e01, -2.23307578892655734e-01),
        (2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05),
        4.36624404335156298e-05,
    ),
    (
        (1.53796971148509165e01, -2.59193146099879641e01, 1.79258772950371181e-01),
        (2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05),
        5.15138902046611451e-05,
    ),
)


class Body:
    """A point with a mass: position in au, velocity in au per year."""

    __slots__ = ("mass", "vx", "vy", "vz", "x", "y", "z")

    def __init__(self, position: tuple[float, ...], velocity: tuple[float, ...], mass: float) -> None:
        """Put the body in its place."""
        self.x, self.y, self.z = position
        self.vx, self.vy, self.vz = velocity
        self.mass = mass


def solar_system() -> list[Body]:
    """Sun and planets at the start, their momentum balanced."""
    planets = [
        Body(position, tuple(_DAYS * part for part in velocity), mass * _SUN_MASS)
        for position, velocity, mass in _PLANETS
    ]
    recoil = (
        -fsum(planet.vx * planet.mass for planet in planets) / _SUN_MASS,
        -fsum(planet.vy * planet.mass for planet in planets) / _SUN_MASS,
        -fsum(planet.vz * planet.mass for planet in planets) / _SUN_MASS,
    )
    return [Body((0.0, 0.0, 0.0), recoil, _SUN_MASS), *planets]


def advance(bodies: list[Body], steps: int) -> None:
    """Let `steps` steps of 0.01 years pass."""
    pairs = list(combinations(bodies, 2))
    for _ in range(steps):
        for one, other in pairs:
            dx, dy, dz = one.x - other.x, one.y - other.y, one.z - other.z
            squared = dx * dx + dy * dy + dz * dz
            pull = STEP_YEARS / (squared * sqrt(squared))
            by_other, by_one = pull * other.mass, pull * one.mass
            one.vx -= dx * by_other
            one.vy -= dy * by_other
            one.vz -= dz * by_other
            other.vx += dx * by_one
            other.vy += dy * by_one
            other.vz += dz * by_one
        for body in bodies:
            body.x += STEP_YEARS * body.vx
            body.y += STEP_YEARS * body.vy
            body.z += STEP_YEARS * body.vz


def energy(bodies: list[Body]) -> float:
    """Kinetic and potential energy of all bodies."""
    kinetic = fsum(body.mass * (body.vx**2 + body.vy**2 + body.vz**2) / 2 for body in bodies)
    potential = fsum(
        one.mass * other.mass / sqrt((one.x - other.x) ** 2 + (one.y - other.y) ** 2 + (one.z - other.z) ** 2)
        for one, other in combinations(bodies, 2)
    )
    return kinetic - potential


def nbody(_index: int) -> str:
    """The total energy after 1000 steps, to nine digits."""
    bodies = solar_system()
    advance(bodies, STEPS)
    return f"{energy(bodies):.9f}"


KERNEL = Kernel(nbody, lambda _index: KNOWN)
