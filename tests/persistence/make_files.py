"""Create the model files of the current version: ``python tests/persistence/make_files.py``.

Run this script before a release, and never afterwards. All later versions must load these files.
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
    """Return a table with three clusters, two modalities and a one-hot condition. Every fourth row has no lyrics."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(48, 8)) + 3 * np.repeat(rng.normal(size=(3, 8)), 16, axis=0)
    table = pd.DataFrame(values, columns=[f"{'audio' if i < 5 else 'lyrics'}__{i}" for i in range(8)])
    table.iloc[::4, 5:] = np.nan
    english = (np.arange(48) % 3 == 0).astype(float)
    return table.assign(language__en=english, language__bn=1 - english)


def make_models(table):
    """Return fitted models, and the table or lyrics for their methods."""
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
    """Save the models, their inputs and their outputs."""
    folder = Path(__file__).parent / "files" / ".".join(skvae.__version__.split(".")[:2])
    folder.mkdir(parents=True, exist_ok=True)
    for name, (model, X) in make_models(make_table()).items():
        skvae.save(model, folder / f"{name}.skvae")
        outputs = {method: getattr(model, method)(X) for method in METHODS if hasattr(model, method)}
        columns = {"columns": X.columns.to_numpy(dtype=str)} if isinstance(X, pd.DataFrame) else {}
        np.savez_compressed(folder / f"{name}.npz", X=np.asarray(X), **columns, **outputs)


if __name__ == "__main__":
    main()
