"""The sources that the study rests on, numbered, each with a link: papers, documentation, and issues that claims name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from study.blocks import Item, Prose, Table
from study.reports import Record, Section
from study.sections.tables import row

if TYPE_CHECKING:
    from study.evidence import Study

RECORD = Record(order=505, name="References", title="References", part="How sure")


class Source(NamedTuple):
    """A source.

    Attributes
    ----------
    cited : how texts and code name it.
    text : authors, title, where and when it appeared.
    href : its DOI as a link, else its address.
    used_for : what this study takes from it.
    """

    cited: str
    text: str
    href: str
    used_for: str


_ISSUES = {
    "CPython": "python/cpython",
    "numpy": "numpy/numpy",
    "apache/airflow": "apache/airflow",
    "getsentry/sentry": "getsentry/sentry",
}
"""As texts name it -> the repository."""


def _paper(cited: str, text: str, doi: str, used_for: str) -> Source:
    return Source(cited, text, f"https://doi.org/{doi}", used_for)


def _issue(of: str, number: int, used_for: str) -> Source:
    cited = f"{of} issue {number}"
    return Source(cited, f"{cited}.", f"https://github.com/{_ISSUES[of]}/issues/{number}", used_for)


SOURCES = (
    _paper(
        "Amdahl",
        "G. M. Amdahl, Validity of the single processor approach to achieving large scale computing capabilities, AFIPS 1967.",
        "10.1145/1465482.1465560",
        "the serial fraction of a curve of speedups",
    ),
    _paper(
        "NPB",
        "D. H. Bailey et al., The NAS parallel benchmarks, International Journal of Supercomputer Applications 5 (1991).",
        "10.1177/109434209100500306",
        "the kernel EP and its published sums",
    ),
    _paper(
        "Barrett",
        "E. Barrett et al., Virtual machine warmup blows hot and cold, OOPSLA 2017.",
        "10.1145/3133876",
        "what counts as warmed up",
    ),
    _paper(
        "Burnham & Anderson",
        "K. P. Burnham and D. R. Anderson, Model selection and multimodel inference, Springer 2002.",
        "10.1007/b97636",
        "choosing among laws of scaling",
    ),
    _paper(
        "Clopper",
        "C. J. Clopper and E. S. Pearson, The use of confidence or fiducial limits illustrated in the case of the binomial,"
        " Biometrika 26 (1934).",
        "10.1093/biomet/26.4.404",
        "intervals of shares",
    ),
    _paper(
        "Fieller",
        "E. C. Fieller, Some problems in interval estimation, Journal of the Royal Statistical Society B 16 (1954).",
        "10.1111/j.2517-6161.1954.tb00159.x",
        "intervals of ratios of averages",
    ),
    _paper(
        "Georges",
        "A. Georges, D. Buytaert and L. Eeckhout, Statistically rigorous Java performance evaluation, OOPSLA 2007.",
        "10.1145/1297027.1297033",
        "the fresh process as the unit of inference",
    ),
    _paper(
        "Gunther",
        "N. J. Gunther, Guerrilla capacity planning, Springer 2007.",
        "10.1007/978-3-540-31010-5",
        "the universal scalability law",
    ),
    _paper(
        "Gustafson",
        "J. L. Gustafson, Reevaluating Amdahl’s law, Communications of the ACM 31 (1988).",
        "10.1145/42411.42415",
        "the serial share of weak scaling",
    ),
    _paper(
        "Hesterberg",
        "T. C. Hesterberg, What teachers should know about the bootstrap, The American Statistician 69 (2015).",
        "10.1080/00031305.2015.1089789",
        "widened bootstrap percentiles",
    ),
    _paper(
        "Hoefler & Belli",
        "T. Hoefler and R. Belli, Scientific benchmarking of parallel computing systems, SC 2015.",
        "10.1145/2807591.2807644",
        "the rules of the self-audit",
    ),
    Source(
        "Holm",
        "S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979).",
        "https://www.jstor.org/stable/4615733",
        "tests that are counted together",
    ),
    _paper(
        "Kalibera & Jones",
        "T. Kalibera and R. Jones, Rigorous benchmarking in reasonable time, ISMM 2013.",
        "10.1145/2464157.2464160",
        "levels of repetition, and how many of each",
    ),
    _paper(
        "Karp & Flatt",
        "A. H. Karp and H. P. Flatt, Measuring parallel processor performance, Communications of the ACM 33 (1990).",
        "10.1145/78607.78614",
        "the serial share that would explain a speedup",
    ),
    _paper(
        "Killick",
        "R. Killick, P. Fearnhead and I. A. Eckley, Optimal detection of changepoints with a linear computational cost, Journal"
        " of the American Statistical Association 107 (2012).",
        "10.1080/01621459.2012.737745",
        "where a series of times changes its level",
    ),
    Source(
        "STREAM",
        "J. D. McCalpin, STREAM: sustainable memory bandwidth in high performance computers.",
        "https://www.cs.virginia.edu/stream/",
        "the kernel triad",
    ),
    _paper(
        "Mytkowicz",
        "T. Mytkowicz et al., Producing wrong data without doing anything obviously wrong!, ASPLOS 2009.",
        "10.1145/1508244.1508275",
        "the environment of a process as a factor",
    ),
    _paper(
        "O'Brien–Fleming",
        "P. C. O’Brien and T. R. Fleming, A multiple testing procedure for clinical trials, Biometrics 35 (1979).",
        "10.2307/2530245",
        "looking at a comparison before its end",
    ),
    _paper(
        "Schuirmann",
        "D. J. Schuirmann, A comparison of the two one-sided tests procedure and the power approach, Journal of Pharmacokinetics"
        " and Biopharmaceutics 15 (1987).",
        "10.1007/BF01068419",
        "calling two versions the same",
    ),
    _paper(
        "Slaughter",
        "E. Slaughter et al., Task Bench: a parameterized benchmark for evaluating parallel runtime performance, SC 2020.",
        "10.1109/SC41405.2020.00066",
        "METG, the shortest useful task",
    ),
    _paper(
        "Smyth",
        "G. K. Smyth, Linear models and empirical Bayes methods for assessing differential expression in microarray experiments,"
        " Statistical Applications in Genetics and Molecular Biology 3 (2004).",
        "10.2202/1544-6115.1027",
        "spreads of several runs taken together",
    ),
    Source(
        "SIGPLAN empirical evaluation checklist",
        "ACM SIGPLAN, Empirical evaluation guidelines and checklist.",
        "https://www.sigplan.org/Resources/EmpiricalEvaluation/",
        "rules of the self-audit",
    ),
    Source(
        "ACM artifact review and badging",
        "ACM, Artifact review and badging, version 1.1.",
        "https://www.acm.org/publications/policies/artifact-review-and-badging-current",
        "rules of the self-audit",
    ),
    Source(
        "documentation of multiprocessing",
        "Python documentation, multiprocessing, “Contexts and start methods”.",
        "https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods",
        "what a start method promises",
    ),
    Source(
        "pyperf",
        "V. Stinner, pyperf: a toolkit to write, run and analyse benchmarks.",
        "https://pyperf.readthedocs.io/",
        "the form in which times are stored",
    ),
    _issue("CPython", 74028, "the argument buffersize of Executor.map"),
    _issue("CPython", 82265, "a Pool whose worker is killed"),
    _issue("CPython", 82300, "shared memory and the resource tracker"),
    _issue("CPython", 84559, "the default start method since 3.14"),
    _issue("CPython", 100228, "the warning where threads are forked"),
    _issue("CPython", 115634, "max_tasks_per_child that hung"),
    _issue("CPython", 117378, "preloading beside a script"),
    _issue("CPython", 126631, "who imports a script under a fork server"),
    _issue("CPython", 157216, "lazy imports and preloading"),
    _issue("numpy", 24755, "NumPy in interpreters inside a process"),
    _issue("numpy", 30993, "threads without the GIL in NumPy"),
    _issue("apache/airflow", 68875, "memory after fork gave way to forkserver"),
    _issue("getsentry/sentry", 97504, "memory of forked and of spawned workers"),
)
"""By name; then documentation; then issues, which claims and scopes name."""


def section(study: Study) -> Section:
    """The same for every study."""
    del study
    about = "What this study took from others. The name is how texts, checks and statements cite it."
    table = Table(
        id="references-list",
        label=RECORD.title,
        caption="",
        heads=(("No.", "num"), ("Cited as", "text"), ("Source", "wide"), ("Used for", "text")),
        rows=tuple(
            row(number, source.cited, Item(value=source.text, href=source.href), source.used_for)
            for number, source in enumerate(SOURCES, 1)
        ),
        aside=(3,),
    )
    return Section(
        id="references", name=RECORD.name, title=RECORD.title, blocks=(Prose(text=about), table), paper="whole"
    )
