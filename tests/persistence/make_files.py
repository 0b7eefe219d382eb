"""Make the model files of this version, which every later one has to load: `python tests/persistence/make_files.py`.

Run it before a release, never after: the files of a release are what its users have.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skvae
from skvae import MLP, LyricsVectorizer, VaDEClusterer, VAETransformer
from skvae.networks import Conv1d

METHODS = ("transform", "predict", "predict_proba", "reconstruct", "score_samples")
TEXTS = ["row, row, row your boat", "", "frère Jacques, dormez-vous", "আমার সোনার বাংলা", "row the boat ashore"]


def make_table():
    """Three groups in two modalities, one of which every fourth row lacks, and a one-hot condition."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(48, 8)) + 3 * np.repeat(rng.normal(size=(3, 8)), 16, axis=0)
    table = pd.DataFrame(values, columns=[f"{'audio' if i < 5 else 'lyrics'}__{i}" for i in range(8)])
    table.iloc[::4, 5:] = np.nan
    english = (np.arange(48) % 3 == 0).astype(float)
    return table.assign(language__en=english, language__bn=1 - english)


def make_models(table):
    """Fitted models, each with a table or texts to ask it about."""
    settings = {"network": MLP((6,)), "max_epochs": 20, "random_state": 0}
    audio = table.iloc[:, :5]
    multimodal = VAETransformer(
        2,
        modalities=[("sound", Conv1d(channels=(3,)), "audio"), ("words", None, "lyrics")],
        condition="language",
        scale="standard",
        **settings,
    )
    pipeline = make_pipeline(StandardScaler(), VAETransformer(2, **settings), KMeans(3, n_init=1, random_state=0))
    vade = VaDEClusterer(3, vae=VAETransformer(2, modalities="auto", **settings), init="gmm", n_init=1, max_epochs=5)
    return {
        "lyrics": (LyricsVectorizer(2, random_state=0).fit(TEXTS), TEXTS),
        "multimodal": (multimodal.fit(table), table),
        "pipeline": (pipeline.fit(audio), audio),
        "vade": (vade.fit(table.iloc[:, :8]), table.iloc[:, :8]),
    }


def main():
    """Write the files, and beside each what was asked and answered."""
    folder = Path(__file__).parent / "files" / ".".join(skvae.__version__.split(".")[:2])
    folder.mkdir(parents=True, exist_ok=True)
    for name, (model, X) in make_models(make_table()).items():
        skvae.save(model, folder / f"{name}.skvae")
        answers = {method: getattr(model, method)(X) for method in METHODS if hasattr(model, method)}
        columns = {"columns": X.columns.to_numpy(dtype=str)} if isinstance(X, pd.DataFrame) else {}
        np.savez_compressed(folder / f"{name}.npz", X=np.asarray(X), **columns, **answers)


if __name__ == "__main__":
    main()
