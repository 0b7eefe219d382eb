"""Feature tables: features of tracks, scaling, imputation, condition columns and pooling."""

from ._condition import OneHotCondition
from ._imputer import make_block_imputer
from ._pooling import pool_by_group
from ._scaler import BlockScaler
from ._track_features import make_track_features

__all__ = ["BlockScaler", "OneHotCondition", "make_block_imputer", "make_track_features", "pool_by_group"]
