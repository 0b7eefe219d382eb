import pandas as pd
import pytest


@pytest.fixture(scope="session")
def lieder(shared_data):
    """Table of real song texts in German, English and French."""
    table = pd.read_csv(shared_data / "text" / "lieder_lyrics.csv")
    return table[table["language"].isin(["de", "en", "fr"])].reset_index(drop=True)
