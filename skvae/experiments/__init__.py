"""Comparisons of representations and clusterers over several seeds, with chance levels and leaked scores."""

from .execution._compare import compare
from .execution._comparison import Comparison
from .execution._study import run_study
from .output._figures import write_figures
from .output._latex import latex_tables
from .output._markdown import markdown_tables
from .output._table_files import write_tables
from .study._files import read_study
from .study._neighbors import knee
from .study._schema import Study
from .study._yaml import StudyFileError, parse_study
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
