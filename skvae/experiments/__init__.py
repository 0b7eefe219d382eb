"""Comparisons of representations and clusterers: over seeds, beside chance, and with leaked scores marked."""

from ._clusterers import knee
from ._compare import compare
from ._comparison import Comparison
from ._effects import measure_effects
from ._export import latex_tables, markdown_tables, write_tables
from ._figures import write_figures
from ._findings import write_findings
from ._significance import seeds_needed
from ._study import read_study, run_study
from ._study_file import Study, StudyFileError, parse_study
from ._summary import summarize
from ._sweep import sweep_beta

__all__ = [
    "Comparison",
    "Study",
    "StudyFileError",
    "compare",
    "knee",
    "latex_tables",
    "markdown_tables",
    "measure_effects",
    "parse_study",
    "read_study",
    "run_study",
    "seeds_needed",
    "summarize",
    "sweep_beta",
    "write_figures",
    "write_findings",
    "write_tables",
]
