"""Tags of tracks."""

import numpy as np
import pandas as pd

from skvae.features.computation._tags import find_top_tags, get_tags


def test_top_tags_are_sorted_by_probability():
    probabilities = pd.DataFrame(
        [[0.1, 0.4, 0.3, 0.2, 0.0, 0.5], [np.nan] * 6, [0.2] * 6],
        columns=["rock", "pop", "folk", "jazz", "blues", "oldies"],
    )
    assert find_top_tags(probabilities).tolist() == [
        "oldies|pop|folk|jazz|rock",
        "",
        "rock|pop|folk|jazz|blues",
    ]


def test_tags_of_the_track_table_replace_predicted_tags():
    predicted = np.array(["rock|pop", ""], dtype=object)
    tracks = pd.DataFrame({"track_id": ["a", "b"]})
    assert get_tags(tracks, predicted) is predicted
    assert get_tags(tracks.assign(tags=[None, " "]), predicted) is predicted
    assert get_tags(tracks.assign(tags=["x | y||x|1|2|3|4", None]), predicted).tolist() == ["x|y|1|2|3", ""]
    assert get_tags(tracks, None) is None
