"""Study files and the studies included in skvae."""

import pytest

from skvae.experiments import StudyFileError, read_study
from skvae.experiments.study._files import PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_included_studies_are_valid(name):
    study = read_study(name)
    assert study.name == name
    assert study.seeds >= 6  # fewer seeds cannot show a significant difference


def test_unknown_names_and_encodings_raise_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"'hrad' does not exist\. Did you mean 'hard'"):
        read_study("hrad")
    path = tmp_path / "study.yaml"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(StudyFileError, match="UTF-8"):
        read_study(path)
