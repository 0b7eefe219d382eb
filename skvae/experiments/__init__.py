"""Comparisons of representations and clusterers: over seeds, beside chance, and with leaked scores marked."""

from .execution._compare import compare
from .execution._comparison import Comparison
from .output._export import latex_tables, markdown_tables, write_tables
from .output._figures import write_figures
from .study._clusterers import knee
from .study._files import read_study, run_study
from .study._schema import Study, StudyFileError, parse_study
from .summary._effects import measure_effects
from .summary._findings import write_findings
from .summary._significance import seeds_needed
from .summary._summary import summarize
from .summary._sweep import sweep_beta

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
