"""Arguments and options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Modality(StrEnum):
    """Features to use."""

    both = "both"
    audio = "audio"
    lyrics = "lyrics"


class MapMethod(StrEnum):
    """Method that computes the coordinates of the map."""

    auto = "auto"
    tsne = "tsne"
    umap = "umap"
    pca = "pca"


Source = Annotated[
    Path,
    typer.Argument(
        help="Folder of audio files, or a track or feature table: CSV, TSV, Parquet, or a folder of Parquet parts."
    ),
]
Out = Annotated[Path, typer.Option(help="Folder for the results. Created if it does not exist.", file_okay=False)]
Folders = Annotated[
    str | None,
    typer.Option(help="Columns to read from folder names, outermost folder first, such as language,genre."),
]
AudioModel = Annotated[
    str,
    typer.Option(
        "--audio-model",
        "--audio",
        metavar="NAMES",
        help="Audio features, separated by commas: descriptors, short names (see skvae info), Hugging Face names, or "
        "folders of models. auto uses descriptors, and musicnn if it is installed.",
    ),
]
Offline = Annotated[bool, typer.Option("--offline", help="Never download a model.")]
ModalityOption = Annotated[Modality, typer.Option(help="Features to use: audio, lyrics, or both.")]
Lyrics = Annotated[
    str,
    typer.Option(help="Lyrics features: tfidf, or the name or the folder of a sentence-transformers model."),
]
Duration = Annotated[
    float,
    typer.Option(min=0, help="Number of seconds of each recording to analyze. 0 analyzes the whole recording."),
]
Excerpts = Annotated[
    int,
    typer.Option(min=0, help="Number of excerpts over which the duration is spread. 0 uses the beginning."),
]
MapMethodOption = Annotated[
    MapMethod,
    typer.Option(
        "--map",
        "--map-method",
        help="Method of the map. auto uses t-SNE for up to 5000 tracks, and UMAP for more tracks.",
    ),
]
Memory = Annotated[
    Path | None, typer.Option(help="Cache folder for audio and lyrics features. [default: no cache]", file_okay=False)
]
RandomState = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Random seed.")]
NJobs = Annotated[int, typer.Option(help="Number of parallel jobs. -1 uses all processors.")]
