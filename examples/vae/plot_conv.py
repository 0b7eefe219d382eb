"""
Convolutions: spectrograms and sequences as they are
====================================================

Summary statistics forget the order of things. A convolutional VAE, :func:`~skvae.vae.make_conv_vae`, takes the whole
picture: a mel spectrogram through :class:`~skvae.networks.Conv2d`, or a sequence of MFCCs through
:class:`~skvae.networks.Conv1d`. A row of the table is the image, flattened; everything else is as before.
"""

import os
import tempfile

import librosa
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skvae import MLP, LyricsVectorizer
from skvae.datasets import make_songs
from skvae.features import OneHotCondition
from skvae.networks import Conv1d, Conv2d
from skvae.vae import make_conv_vae, make_multimodal_vae

QUICK = os.environ.get("SKVAE_QUICK") == "1"

library = tempfile.TemporaryDirectory()
songs = make_songs(24 if QUICK else 120, duration=4 if QUICK else 8, random_state=0, out_dir=library.name)

# %%
# Images
# ------
#
# Every song is cut into windows of two seconds, and each window becomes a mel spectrogram of 64 bands, in decibels, and
# from it 20 MFCCs. Neither length is a power of two, nor need it be: any shape is rebuilt to its own size.
RATE, HOP = 16_000, 512


def describe(path):
    """Mel spectrogram (64, frames) and MFCCs (20, frames) of each window of a song."""
    sound, _ = librosa.load(path, sr=RATE)
    for window in sound[: len(sound) // (2 * RATE) * 2 * RATE].reshape(-1, 2 * RATE):
        power = librosa.feature.melspectrogram(y=window, sr=RATE, n_fft=1024, hop_length=HOP, n_mels=64)
        mel = librosa.power_to_db(power)
        yield mel, librosa.feature.mfcc(S=mel, n_mfcc=20)


windows = [(song, *pair) for song, path in enumerate(songs["audio"]) for pair in describe(path)]
library.cleanup()
song, mels, mfccs = (np.array(part) for part in zip(*windows, strict=True))
genres = songs["genre"].to_numpy()[song]
X, S = (images.reshape(len(images), -1).astype(np.float32) for images in (mels, mfccs))
mels.shape, mfccs.shape

# %%
# The last quarter of the songs is kept apart; splitting by window would leave pieces of one song on both sides.
train = np.arange(len(X)) < 0.75 * len(X)

# %%
# Conv2d on spectrograms
# ----------------------
#
# Strided convolutions halve both axes, once a layer; a linear layer leads to the latent. Beside it the default network,
# fully connected, for which the pixels stand in no order. The error is the share of the variance that is not rebuilt,
# pixels in equal parts. Decibels need no power transform: ``scale="standard"`` is enough.
settings = {"latent_dim": 16, "scale": "standard", "max_epochs": 4 if QUICK else 60, "random_state": 0}
networks = {
    "Conv2d": (X, Conv2d(mels.shape[1:], channels=(16, 32, 64))),
    "MLP on mel": (X, MLP((256,))),
    "Conv1d": (S, Conv1d(mfccs.shape[1:])),
    "MLP on MFCC": (S, MLP((256,))),
}
models = {name: make_conv_vae(network=network, **settings).fit(T[train]) for name, (T, network) in networks.items()}


def measure(model, table):
    """Size and errors of a fitted model."""
    squared = np.square(table - model.reconstruct(table)) / table[train].var(axis=0)
    parameters = sum(weights.numel() for weights in model.net_.module_.parameters())
    return {"parameters": parameters, "error, seen": squared[train].mean(), "error, unseen": squared[~train].mean()}


table = pd.DataFrame({name: measure(models[name], networks[name][0]) for name in models}).T
table.round(2)

# %%
# On spectrograms the convolutions have a fraction of the parameters and are the better on songs that they have not
# seen: they need not learn a note anew at every pitch and every moment. On the short and low MFCC sequences the fully
# connected network is level with them or ahead. It is the table that decides; try both.
#
# Windows of unseen songs, and what sixteen numbers keep of them: timbre, level and register; not every beat.
unseen = np.flatnonzero(~train)
chosen = unseen[np.unique(genres[unseen], return_index=True)[1]][:6]
images = {"unseen": X[chosen]}
images |= {name: models[name].reconstruct(X[chosen]) for name in ("Conv2d", "MLP on mel")}
look = {"origin": "lower", "aspect": "auto", "cmap": "magma", "vmin": -45, "vmax": 25}
fig, axes = plt.subplots(3, len(chosen), figsize=(10, 4.6), layout="constrained", sharex=True, sharey=True)
for line, (name, rows) in zip(axes, images.items(), strict=True):
    for ax, row in zip(line, rows, strict=True):
        image = ax.imshow(row.reshape(mels.shape[1:]), **look)
        ax.set(xticks=[], yticks=[])
    line[0].set_ylabel(name)
for ax, window in zip(axes[0], chosen, strict=True):
    ax.set_title(genres[window], fontsize=10)
fig.colorbar(image, ax=axes, label="dB")
fig.supxlabel("two seconds", fontsize=10)

# %%
# From the first window to the last through the latent, decoded on the way: not a cross-fade of two images but, at every
# step, what the model holds for a spectrogram.
ends = models["Conv2d"].transform(X[chosen[[0, -1]]])
path = np.linspace(*ends, 7).astype(np.float32)
fig, axes = plt.subplots(1, 7, figsize=(10, 1.9), layout="constrained")
for ax, row in zip(axes, models["Conv2d"].inverse_transform(path), strict=True):
    ax.imshow(row.reshape(mels.shape[1:]), **look)
    ax.set(xticks=[], yticks=[])

# %%
# Conv1d on MFCC sequences
# ------------------------
#
# Here the coefficients are channels, as colours are in a photograph, and the convolutions run along time alone. The
# first coefficient, which is the level, and the second, the slope of the spectrum, over time.
fig, axes = plt.subplots(2, len(chosen), figsize=(10, 3.2), layout="constrained", sharex=True, sharey="row")
rebuilt = models["Conv1d"].reconstruct(S[chosen]).reshape(-1, *mfccs.shape[1:])
seconds = np.arange(mfccs.shape[2]) * HOP / RATE
for column, window, after in zip(axes.T, chosen, rebuilt, strict=True):
    for k, ax in enumerate(column):
        ax.plot(seconds, mfccs[window, k], color="#8A8A8A", linewidth=1, label="unseen")
        ax.plot(seconds, after[k], color="#D55E00", linewidth=1.8, label="Conv1d")
        ax.spines[["top", "right"]].set_visible(False)
    column[0].set_title(genres[window], fontsize=10)
    column[1].set_xlabel("s")
axes[0, 0].set_ylabel("MFCC 0")
axes[1, 0].set_ylabel("MFCC 1")
axes[0, 0].legend(frameon=False, fontsize=8)

# %%
# The hybrid: convolutions beside words
# -------------------------------------
#
# Each modality may have a network of its own. Convolutions on the spectrograms, a small MLP on the lyrics of the song
# that a window is of, the language as the condition, and ``beta`` 4: all of it is one call. A song without lyrics is a
# song with one modality.
words = LyricsVectorizer(16, random_state=0).set_output(transform="pandas").fit_transform(songs["lyrics"])
language = OneHotCondition().set_output(transform="pandas").fit_transform(songs["language"])
both = pd.concat(
    [
        pd.DataFrame(X).add_prefix("audio__"),
        words.iloc[song].reset_index(drop=True).add_prefix("lyrics__"),
        language.iloc[song].reset_index(drop=True).add_prefix("language__"),
    ],
    axis=1,
)
blocks = [("audio", Conv2d(mels.shape[1:], (16, 32, 64)), "audio"), ("lyrics", MLP((64,)), "lyrics")]
hybrid = make_multimodal_vae(modalities=blocks, condition="language", beta=4, **settings).fit(both[train])

# %%
# What is not rebuilt of unseen windows that have lyrics: of both blocks, from both, and from one of them alone.
whole = both[~train].dropna()
spread = both[train].var()
error = {}
for given, absent in {"both": None, "audio": "lyrics", "lyrics": "audio"}.items():
    part = whole.astype(np.float32)
    if absent:
        part.loc[:, part.columns.str.startswith(f"{absent}__")] = np.nan
    squared = np.square(hybrid.reconstruct(part) - whole) / spread
    error[f"from {given}"] = {name: squared.filter(regex=f"^{name}__").mean(axis=None) for name in ("audio", "lyrics")}
error = pd.DataFrame(error)
error.round(2)

# %%
# Lyrics are rebuilt well from themselves, and a part of them is known from the sound. The other way there is nothing:
# the words of ninety songs are too few to learn which spectrogram they come with. They even take away from what the
# sound says by itself, for they are the same in every window of a song, and so a witness more certain than it should
# be. For clusters, give the model a row a song.
plt.show()
