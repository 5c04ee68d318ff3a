"""Every kernel against answers that are known without it."""

from __future__ import annotations

import hashlib
import math
import pickle
import sys
import threading

import numpy as np
import pytest

from study.bench import registry
from study.bench.errors import UnsupportedCellError
from study.bench.kernels import (
    binary_trees,
    count,
    dict,  # noqa: A004 - the kernel of this name
    ep,
    fannkuch,
    json,
    matmul,
    nbody,
    ragged,
    regex,
    sha256,
    sieve,
    sort,
    spin,
    triad,
    zlib,
)
from study.bench.kernels.fasta import fasta
from study.cell import Cell
from study.things import KERNELS


@pytest.mark.parametrize("name", KERNELS)
def test_a_task_can_be_pickled_and_takes_one_whole_number(name: str) -> None:
    kernel = registry.kernel_of(Cell(pattern="map", kernel=name))
    arguments = kernel.arguments(3, 100 if kernel.has_length else 0)
    assert len(arguments) == 3
    assert all(type(argument) is int for argument in arguments)
    assert pickle.loads(pickle.dumps(kernel.task)) is kernel.task  # noqa: S301 - our own function


@pytest.mark.parametrize(("cards", "answer"), [(5, (11, 7)), (6, (49, 10)), (7, (228, 16)), (8, (1616, 22))])
def test_fannkuch_flips_as_published(cards: int, answer: tuple[int, int]) -> None:
    assert fannkuch.flip_all(cards) == answer


@pytest.mark.parametrize(
    ("steps", "energy"), [(0, "-0.169075164"), (10, "-0.169073022"), (100, "-0.169050762"), (1000, "-0.169087605")]
)
def test_the_planets_keep_the_published_energy(steps: int, energy: str) -> None:
    bodies = nbody.solar_system()
    nbody.advance(bodies, steps)
    assert f"{nbody.energy(bodies):.9f}" == energy


@pytest.mark.parametrize(
    ("limit", "primes"),
    [(0, 0), (1, 0), (2, 0), (3, 1), (4, 2), (10, 4), (10_000, 1229), (100_000, 9592), (1_000_000, 78_498)],
)
def test_the_sieve_counts_the_primes_below_its_limit(limit: int, primes: int) -> None:
    assert sieve.count_primes(limit) == primes


def test_both_hashes_are_of_the_same_eight_mebibytes() -> None:
    everything = bytes(range(256)) * 32768
    assert len(everything) == 8 * 2**20
    assert hashlib.sha256(everything).hexdigest() == sha256.KNOWN
    assert sha256.sha256_8mib(0) == sha256.sha256_1kib(0) == sha256.KNOWN


def test_the_small_piece_is_below_the_size_from_which_the_gil_is_released() -> None:
    assert sha256.PIECE_BYTES < 2048 <= sha256.PIECES * sha256.PIECE_BYTES


def test_the_squares_are_those_of_the_question() -> None:
    kernel = registry.kernel_of(Cell(pattern="map", kernel="square"))
    assert kernel.arguments(5) == [1, 2, 3, 4, 5]
    assert [kernel.expected(number) for number in kernel.arguments(5)] == [1, 4, 9, 16, 25]


def test_the_structure_and_its_text_are_the_pinned_ones() -> None:
    text = json.canonical(json.structure())
    assert len(text) == json.KNOWN_CHARACTERS
    assert hashlib.sha256(text.encode()).hexdigest() == json.KNOWN_SHA256


def test_a_structure_that_does_not_come_back_is_not_called_right(monkeypatch: pytest.MonkeyPatch) -> None:
    right = json.KERNEL.expected(0)
    assert json.round_trip(0) == right
    monkeypatch.setattr(json, "canonical", lambda value: "[]" + " " * (json.KNOWN_CHARACTERS - 2))
    assert json.round_trip(0) != right


def test_the_made_up_dna_has_the_published_matches() -> None:
    counts, before, after = regex.matches(fasta(10_000))
    assert counts == (0, 3, 9, 8, 10, 3, 4, 3, 5)
    assert (before, after) == (101_745, 100_000)


def test_the_dna_of_the_task_begins_with_the_given_element_and_ends_every_line() -> None:
    lines = fasta(1000).splitlines()
    assert lines[1] == "GGCCGGGCGCGGTGGCTCACGCCTGTAATCCCAGCACTTTGGGAGGCCGAGGCGGGCGGA"
    assert [line for line in lines if line.startswith(">")] == [
        ">ONE Homo sapiens alu",
        ">TWO IUB ambiguity codes",
        ">THREE Homo sapiens frequency",
    ]
    assert max(map(len, lines)) == 60
    assert regex.matches(fasta(1000)) == regex.KNOWN


def test_the_compressed_text_is_varied_and_long_enough() -> None:
    assert len(zlib.data()) == zlib.SIZE_BYTES
    assert len(set(zlib.data().splitlines())) > 1000
    assert zlib.round_trip(0) == (True, True)


@pytest.mark.parametrize(
    ("pairs_log2", "sum_x", "sum_y", "pairs"),
    [
        (16, 77.72321454196, 27.90554015472, 51_285),
        (18, 187.3198969612, -379.7408336054, 205_458),
        (20, 674.1650709778, -150.8139842420, 823_561),
    ],
)
def test_the_batches_add_up_to_the_known_sums(pairs_log2: int, sum_x: float, sum_y: float, pairs: int) -> None:
    number = 1 << (pairs_log2 - ep.BATCH_BITS)
    tally = ep.together(map(ep.batch, range(number)))
    assert tally.sum_x == pytest.approx(sum_x, rel=1e-8)
    assert tally.sum_y == pytest.approx(sum_y, rel=1e-8)
    assert tally.pairs == pairs
    assert sum(known[0] for known in ep.KNOWN[:number]) == pairs
    assert math.fsum(float(known[1]) for known in ep.KNOWN[:number]) == pytest.approx(sum_x, abs=1e-5)
    assert math.fsum(float(known[2]) for known in ep.KNOWN[:number]) == pytest.approx(sum_y, abs=1e-5)


def test_class_s_of_the_benchmark_is_verified() -> None:
    tally = ep.together(map(ep.batch, range(1 << (24 - ep.BATCH_BITS))))
    assert tally.sum_x == pytest.approx(-3.247834652034740e3, rel=1e-8)
    assert tally.sum_y == pytest.approx(-6.958407078382297e3, rel=1e-8)
    assert tally.rings == (6_140_517, 5_865_300, 1_100_361, 68_546, 1_648, 17, 0, 0, 0, 0)
    assert tally.pairs == 13_176_389


def test_a_batch_begins_where_the_one_before_ended() -> None:
    """Batch 1 against the sequence taken number by number from the seed."""
    state, rings = ep.SEED, [0] * ep.RINGS
    xs: list[float] = []
    ys: list[float] = []
    for pair in range(2 << ep.BATCH_BITS):
        x, y = ((state := state * 5**13 % 2**46) / 2**45 - 1, (state := state * 5**13 % 2**46) / 2**45 - 1)
        t = x * x + y * y
        if pair >> ep.BATCH_BITS == 0 or t > 1:
            continue
        stretch = math.sqrt(-2 * math.log(t) / t)
        xs.append(x * stretch)
        ys.append(y * stretch)
        rings[int(max(abs(x), abs(y)) * stretch)] += 1
    tally = ep.batch(1)
    assert tally.rings == tuple(rings)
    assert tally.sum_x == pytest.approx(math.fsum(xs), rel=1e-10)
    assert tally.sum_y == pytest.approx(math.fsum(ys), rel=1e-10)


def test_what_is_sorted_is_every_number_once_and_out_of_order() -> None:
    scrambled = sort.scrambled()
    assert len(np.unique(scrambled)) == len(scrambled) == sort.ITEMS
    assert (scrambled.min(), scrambled.max()) == (0, sort.ITEMS - 1)
    rising = np.count_nonzero(np.diff(scrambled) > 0)
    assert rising == pytest.approx(sort.ITEMS / 2, rel=0.01)


def test_every_element_of_the_triad_is_right() -> None:
    a, b, c = triad.make()
    triad.run(a, b, c)
    assert np.array_equal(a, b + 3 * c)
    assert np.array_equal(a, 7.0 * np.arange(triad.ELEMENTS))
    assert a.nbytes + b.nbytes + c.nbytes == triad.BYTES_MOVED


def test_the_triad_tells_when_elements_were_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert triad.triad(0) == triad.closed_form(0)
    monkeypatch.setattr(triad, "run", lambda a, b, c: None)
    assert triad.triad(0) != triad.closed_form(0)


def test_threads_that_do_the_triad_at_once_have_arrays_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    together, seen = threading.Barrier(2), []

    def meet(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
        together.wait(timeout=30)
        seen.append(id(a))
        a[:] = b + 3 * c
        together.wait(timeout=30)

    monkeypatch.setattr(triad, "run", meet)
    threads = [threading.Thread(target=triad.triad, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == 2


def test_the_product_is_that_of_whole_numbers() -> None:
    side = range(matmul.SIDE)
    left = [[(3 * i + 5 * j) % 11 for j in side] for i in side]
    right = [[(7 * i + 2 * j) % 13 for j in side] for i in side]
    total = sum(sum(left[i][k] for i in side) * sum(right[k]) for k in side)
    trace = sum(left[i][k] * right[k][i] for i in side for k in side)
    assert (total, trace) == matmul.KNOWN == matmul.matmul(0)


@pytest.mark.parametrize(("trees", "depth", "all_nodes"), [(1024, 4, 31744), (256, 6, 32512), (64, 8, 32704)])
def test_trees_have_the_published_number_of_nodes(trees: int, depth: int, all_nodes: int) -> None:
    assert sum(binary_trees.nodes(binary_trees.grow(depth)) for _ in range(trees)) == all_nodes


def test_no_two_nodes_of_a_tree_are_one_object() -> None:
    levels: list[list[binary_trees.Tree]] = [[binary_trees.grow(3)]]
    for _ in range(3):
        levels.append([branch for node in levels[-1] if node is not None for branch in node])
    every = [node for level in levels for node in level]
    assert None not in every
    assert len({id(node) for node in every}) == binary_trees.nodes(binary_trees.grow(3)) == 15


@pytest.mark.parametrize(("items", "answer"), [(0, (0, 0)), (1, (1, 0)), (4, (4, 14)), (101, (101, 338_350))])
def test_the_dictionary_holds_every_square(items: int, answer: tuple[int, int]) -> None:
    assert dict.look_up(items) == answer


@pytest.mark.parametrize("iterations", [0, 1, 2, 5, 6, 1000, 65_521, 70_000])
def test_the_loop_runs_as_often_as_it_is_told(iterations: int) -> None:
    assert spin.spin(iterations) == sum([spin.STEP] * iterations) % spin.MODULUS == spin.closed_form(iterations)
    assert spin.closed_form(iterations) != spin.closed_form(iterations + 1)


def test_a_length_is_refused_where_it_would_change_nothing() -> None:
    with pytest.raises(UnsupportedCellError, match="'sieve' has a length of its own"):
        sieve.KERNEL.arguments(2, 1000)


def test_a_map_of_the_loop_is_as_long_as_its_cell_says() -> None:
    session = registry.session_of(Cell(pattern="map", kernel="spin", tasks=2, spins=300))
    session.set_up()
    session.check()
    session.tear_down()
    assert session._arguments == [300, 300]  # type: ignore[attr-defined]


def test_every_task_of_the_loop_has_the_length_of_the_cell() -> None:
    assert spin.KERNEL.arguments(3, 700) == [700, 700, 700]


def test_uneven_tasks_are_the_same_for_everyone() -> None:
    assert ragged.KERNEL.arguments(8, 1000) == ragged.shuffled(8, 1000)
    assert ragged.shuffled(8, 1000) == [456, 397, 1347, 352, 665, 3364, 880, 539]
    assert ragged.shuffled(0, 1000) == []


def test_uneven_tasks_come_in_three_orders_and_are_the_same_tasks() -> None:
    assert ragged.KERNEL_RISING.arguments(64, 1000) == sorted(ragged.shuffled(64, 1000))
    assert ragged.KERNEL_FALLING.arguments(64, 1000) == sorted(ragged.shuffled(64, 1000), reverse=True)


@pytest.mark.parametrize("workers", [2, 4, 16, 64])
def test_uneven_tasks_can_unbalance_the_workers_there_are(workers: int) -> None:
    """Handed out in order, the longest last: with a pool's own chunks the last worker ends long after the others."""

    def makespan(chunksize: int) -> int:
        lengths = ragged.rising(32 * workers, 1000)
        busy = [0] * workers
        for first in range(0, len(lengths), chunksize):
            busy[busy.index(min(busy))] += sum(lengths[first : first + chunksize])
        return max(busy)

    assert makespan(8) > 1.25 * makespan(1)


@pytest.mark.parametrize("tasks", [16, 64, 1000])
def test_uneven_tasks_have_the_mean_that_is_asked_for_and_a_long_tail(tasks: int) -> None:
    lengths = ragged.shuffled(tasks, 10_000)
    assert sum(lengths) / tasks == pytest.approx(10_000, abs=1)
    median = sorted(lengths)[tasks // 2]
    assert 8 < max(lengths) / median < 17
    assert lengths != sorted(lengths)


def test_reads_are_counted_and_what_is_read_is_not_immortal() -> None:
    assert count.add_up(count.Tally(), 7) == 7 * count.EVERY
    assert count.count_private(0) == count.count_shared(0) == count.READS * count.EVERY
    tally = count.Tally()
    before = sys.getrefcount(tally.items)
    held = [tally.items] * 5
    after = sys.getrefcount(tally.items)
    assert after - before == len(held)
