"""Arguments and options that commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Modality(StrEnum):
    """What tracks are described by."""

    both = "both"
    audio = "audio"
    lyrics = "lyrics"


Source = Annotated[
    Path,
    typer.Argument(
        help="Folder of audio; or a table of tracks or of ready features: CSV, TSV, Parquet, parts in a folder."
    ),
]
Folders = Annotated[
    str | None, typer.Option(help="Labels that the names of folders give, such as genre or language,genre.")
]
Modalities = Annotated[Modality, typer.Option(help="What tracks are described by.")]
LyricsModel = Annotated[str, typer.Option(help="tfidf, or the name or folder of a sentence-transformers model.")]
Duration = Annotated[float, typer.Option(min=0.5, help="Seconds of each track that are described.")]
Excerpts = Annotated[int, typer.Option(min=0, help="Excerpts that they are spread over; 0 takes the beginning.")]
Cache = Annotated[Path | None, typer.Option(help="Folder that keeps descriptions for the next run.", file_okay=False)]
Out = Annotated[Path, typer.Option(help="Folder for the results; made where it does not exist.", file_okay=False)]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of everything.")]
Jobs = Annotated[int, typer.Option(help="Processes that describe audio; -1 is all processors.")]
