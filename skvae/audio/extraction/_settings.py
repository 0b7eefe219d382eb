"""Settings of an extraction, and the names of its columns."""

import difflib
from dataclasses import dataclass

from ..decoding._decode import MIN_SECONDS
from ..descriptors import DESCRIPTORS
from ..spectrum._constants import HOP
from ._statistics import STATISTICS, parse_statistic


# The cache identifies settings by the `repr` of this class: its name and fields are part of the cache keys.
@dataclass(frozen=True)
class Settings:
    """Settings on which the values of a row depend. The fields are parameters of AudioFeatureExtractor."""

    features: tuple[str, ...]
    sample_rate: int
    offset: float
    duration: float | None
    statistics: tuple[str, ...] | None
    window: float | None
    excerpts: int | None
    n_frames: int | None
    padding: str

    def __post_init__(self):
        """Validate the settings."""
        _check_names("features", self.features, DESCRIPTORS)
        self._check_columns()
        if self.statistics is None:
            if self.duration is None and self.n_frames is None:
                raise ValueError(
                    "statistics=None with duration=None requires n_frames, since the length of the image is unknown. "
                    "Set n_frames or duration."
                )
        else:
            derived = [name for name in self.statistics if name not in STATISTICS and parse_statistic(name)[1]]
            _check_names("statistics", self.statistics, [*STATISTICS, *derived])
            if self.n_frames is not None:
                raise ValueError(f"n_frames={self.n_frames} requires statistics=None.")
        is_spread = self.excerpts is not None and self.duration is not None
        if is_spread and self.duration / self.excerpts < MIN_SECONDS:
            raise ValueError(
                f"excerpts={self.excerpts} with duration={self.duration:g} gives excerpts of "
                f"{self.duration / self.excerpts:.2g} s. At least {MIN_SECONDS:g} s are required. "
                "Use fewer excerpts or a longer duration."
            )

    @property
    def shape(self):
        """(n_rows, n_frames) of the image with ``statistics=None``, otherwise (n_columns,)."""
        if self.statistics is None:
            return sum(len(DESCRIPTORS[feature].names) for feature in self.features), self.image_frames
        return (len(self.names),)

    @property
    def image_frames(self):
        """Number of frames of the image: `n_frames`, or the number of frames in `duration`."""
        return self.n_frames or 1 + int(self.duration * self.sample_rate) // HOP

    @property
    def image_samples(self):
        """Number of samples of the image."""
        return (self.image_frames - 1) * HOP

    @property
    def names(self):
        """Column names: each row of each descriptor, with each statistic or frame."""
        if self.statistics is None:
            suffixes = [f"{frame:04d}" for frame in range(self.image_frames)]
        else:
            suffixes = self.statistics
        names = []
        for descriptor in map(DESCRIPTORS.get, self.features):
            for row in descriptor.names:
                names += [row] if descriptor.whole else [f"{row}_{suffix}" for suffix in suffixes]
        return names

    def _check_columns(self):
        """Raise a ValueError if two descriptors share a column or a descriptor without frames is in an image."""
        owners = {}
        for feature in self.features:
            if DESCRIPTORS[feature].whole and self.statistics is None:
                raise ValueError(
                    f"features contains {feature!r}, which has no frames. Remove it, or use statistics other than None."
                )
            for name in DESCRIPTORS[feature].names:
                if name in owners:
                    raise ValueError(
                        f"features {owners[name]!r} and {feature!r} share the column {name}. Use only one of them."
                    )
                owners[name] = feature


def _check_names(parameter, names, known):
    """Raise a ValueError unless `names` are distinct elements of `known`."""
    if not names:
        raise ValueError(f"{parameter} is empty. Choose from {', '.join(known)}.")
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
            hint = f"Did you mean {close[0]!r}?" if close else f"Choose from {', '.join(known)}."
            raise ValueError(f"{parameter} contains the unknown name {name!r}. {hint}")
    if len(set(names)) < len(names):
        raise ValueError(f"{parameter}={list(names)} contains a name more than once.")
