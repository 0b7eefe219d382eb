"""
Convolutional networks for spectrograms and sequences
=====================================================

Summary statistics of a recording do not contain the order of events. A convolutional VAE uses the whole spectrogram or
sequence. :func:`~skvae.vae.make_conv_vae` accepts mel spectrograms with :class:`~skvae.networks.Conv2d`, and sequences
of MFCCs with :class:`~skvae.networks.Conv1d`. Each row of the table is a flattened image.

This example compares convolutional and fully connected networks. It also combines spectrograms with lyrics.
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
# Spectrograms and MFCCs
# ----------------------
#
# Each song is cut into windows of two seconds. Each window becomes a mel spectrogram with 64 bands in decibels, and 20
# MFCCs. Any shape is possible. The sides do not have to be powers of two.
RATE, HOP = 16_000, 512


def extract_windows(path):
    """Yield the mel spectrogram (64, n_frames) and the MFCCs (20, n_frames) of each window of a song."""
    samples, _ = librosa.load(path, sr=RATE)
    for window in samples[: len(samples) // (2 * RATE) * 2 * RATE].reshape(-1, 2 * RATE):
        power = librosa.feature.melspectrogram(y=window, sr=RATE, n_fft=1024, hop_length=HOP, n_mels=64)
        mel = librosa.power_to_db(power)
        yield mel, librosa.feature.mfcc(S=mel, n_mfcc=20)


windows = [(song, *pair) for song, path in enumerate(songs["audio"]) for pair in extract_windows(path)]
library.cleanup()
song, mels, mfccs = (np.array(part) for part in zip(*windows, strict=True))
genres = songs["genre"].to_numpy()[song]
X, S = (images.reshape(len(images), -1).astype(np.float32) for images in (mels, mfccs))
mels.shape, mfccs.shape

# %%
# The last quarter of the songs is the test set. The data are split by song, because a split by window would put windows
# of the same song into both sets.
train = np.arange(len(X)) < 0.75 * len(X)

# %%
# Conv2d for spectrograms
# -----------------------
#
# Each layer of strided convolutions halves both axes. A linear layer computes the latent representation. The model is
# compared with the default network, which is fully connected and does not use the order of the pixels.
#
# The error is the fraction of the variance that is not reconstructed, averaged over pixels. Decibels do not need a
# power transform, so the example uses ``scale="standard"``.
settings = {"latent_dim": 16, "scale": "standard", "max_epochs": 4 if QUICK else 60, "random_state": 0}
networks = {
    "Conv2d": (X, Conv2d(mels.shape[1:], channels=(16, 32, 64))),
    "MLP on mel": (X, MLP((256,))),
    "Conv1d": (S, Conv1d(mfccs.shape[1:])),
    "MLP on MFCC": (S, MLP((256,))),
}
models = {name: make_conv_vae(network=network, **settings).fit(T[train]) for name, (T, network) in networks.items()}


def measure(model, table):
    """Compute the number of parameters and the errors of a fitted model."""
    squared = np.square(table - model.reconstruct(table)) / table[train].var(axis=0)
    parameters = sum(weights.numel() for weights in model.net_.module_.parameters())
    return {
        "parameters": parameters,
        "error (training songs)": squared[train].mean(),
        "error (unseen songs)": squared[~train].mean(),
    }


table = pd.DataFrame({name: measure(models[name], networks[name][0]) for name in models}).T
table.round(2)

# %% The convolutional network for spectrograms has far fewer parameters, and its error on unseen songs is lower. It
# does not have to learn the same pattern separately for each pitch and each time. For the MFCC sequences, which are
# short and have few channels, the fully connected network is equally good or better. Compare both networks on your
# data.
#
# The figure shows windows of unseen songs. The 16 latent units represent timbre, level and register, but not every
# beat.
unseen = np.flatnonzero(~train)
chosen = unseen[np.unique(genres[unseen], return_index=True)[1]][:6]
images = {"original": X[chosen]}
images |= {name: models[name].reconstruct(X[chosen]) for name in ("Conv2d", "MLP on mel")}
image_options = {"origin": "lower", "aspect": "auto", "cmap": "magma", "vmin": -45, "vmax": 25}
fig, axes = plt.subplots(3, len(chosen), figsize=(10, 4.6), layout="constrained", sharex=True, sharey=True)
for line, (name, rows) in zip(axes, images.items(), strict=True):
    for ax, row in zip(line, rows, strict=True):
        image = ax.imshow(row.reshape(mels.shape[1:]), **image_options)
        ax.set(xticks=[], yticks=[])
    line[0].set_ylabel(name)
for ax, window in zip(axes[0], chosen, strict=True):
    ax.set_title(genres[window], fontsize=10)
fig.colorbar(image, ax=axes, label="dB")
fig.supxlabel("time (two seconds)", fontsize=10)

# %%
# The next figure decodes points on a line in the latent space, from the first window to the last. The results are not a
# cross-fade of two images. Each image is a spectrogram that the model considers plausible.
ends = models["Conv2d"].transform(X[chosen[[0, -1]]])
path = np.linspace(*ends, 7).astype(np.float32)
fig, axes = plt.subplots(1, 7, figsize=(10, 1.9), layout="constrained")
for ax, row in zip(axes, models["Conv2d"].inverse_transform(path), strict=True):
    ax.imshow(row.reshape(mels.shape[1:]), **image_options)
    ax.set(xticks=[], yticks=[])

# %%
# Conv1d for MFCC sequences
# -------------------------
#
# The coefficients are channels, like the colors of a photograph. The convolutions are applied along time only. The
# figure shows two coefficients over time: the first is the level, and the second is the slope of the spectrum.
fig, axes = plt.subplots(2, len(chosen), figsize=(10, 3.2), layout="constrained", sharex=True, sharey="row")
reconstructed = models["Conv1d"].reconstruct(S[chosen]).reshape(-1, *mfccs.shape[1:])
seconds = np.arange(mfccs.shape[2]) * HOP / RATE
for column, window, after in zip(axes.T, chosen, reconstructed, strict=True):
    for k, ax in enumerate(column):
        ax.plot(seconds, mfccs[window, k], color="#8A8A8A", linewidth=1, label="original")
        ax.plot(seconds, after[k], color="#D55E00", linewidth=1.8, label="Conv1d")
        ax.spines[["top", "right"]].set_visible(False)
    column[0].set_title(genres[window], fontsize=10)
    column[1].set_xlabel("time (s)")
axes[0, 0].set_ylabel("MFCC 0")
axes[1, 0].set_ylabel("MFCC 1")
axes[0, 0].legend(frameon=False, fontsize=8)

# %%
# Convolutions and lyrics together
# --------------------------------
#
# Each modality can have its own network. Here the spectrograms use convolutions, and the lyrics of the song use a small
# MLP. The language is the condition, and ``beta`` is 4. Songs without lyrics have one modality.
lyrics = LyricsVectorizer(16, random_state=0).set_output(transform="pandas").fit_transform(songs["lyrics"])
language = OneHotCondition().set_output(transform="pandas").fit_transform(songs["language"])
table = pd.concat(
    [
        pd.DataFrame(X).add_prefix("audio__"),
        lyrics.iloc[song].reset_index(drop=True).add_prefix("lyrics__"),
        language.iloc[song].reset_index(drop=True).add_prefix("language__"),
    ],
    axis=1,
)
blocks = [("audio", Conv2d(mels.shape[1:], (16, 32, 64)), "audio"), ("lyrics", MLP((64,)), "lyrics")]
hybrid = make_multimodal_vae(modalities=blocks, condition="language", beta=4, **settings).fit(table[train])

# %%
# The table contains the fraction of the variance that is not reconstructed, for unseen windows with lyrics. Both blocks
# are reconstructed from both blocks, and from one of them.
complete = table[~train].dropna()
spread = table[train].var()
error = {}
for given, absent in {"audio and lyrics": None, "audio": "lyrics", "lyrics": "audio"}.items():
    partial = complete.astype(np.float32)
    if absent:
        partial.loc[:, partial.columns.str.startswith(f"{absent}__")] = np.nan
    squared = np.square(hybrid.reconstruct(partial) - complete) / spread
    error[f"from {given}"] = {name: squared.filter(regex=f"^{name}__").mean(axis=None) for name in ("audio", "lyrics")}
error = pd.DataFrame(error)
error.round(2)

# %%
# The lyrics are reconstructed well from the lyrics, and partly from the audio. The audio is not reconstructed from the
# lyrics, because the lyrics of 90 songs are not enough to learn this relation.
#
# The lyrics even increase the error of the audio. They are equal in all windows of a song, and the model treats these
# repetitions as independent evidence. Use one row per song if you want to cluster songs.
plt.show()
