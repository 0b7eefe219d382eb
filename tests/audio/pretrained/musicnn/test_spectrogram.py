"""Mel spectrogram of musicnn: equality with librosa."""

import librosa
import numpy as np
import torch

from skvae.audio.pretrained.musicnn._spectrogram import N_FRAMES, SAMPLE_RATE, WINDOW_SECONDS, log_mel_spectrogram


def test_spectrogram_equals_librosa(make_signal):
    y = make_signal(0, seconds=WINDOW_SECONDS, rate=SAMPLE_RATE)
    mel = librosa.feature.melspectrogram(y=y, sr=16000, n_fft=512, hop_length=256, n_mels=96, center=False)
    spectrogram = log_mel_spectrogram(torch.from_numpy(y[None]))
    assert spectrogram.shape == (1, N_FRAMES, 96)
    np.testing.assert_allclose(spectrogram[0], np.log10(1 + 10000 * mel.T), atol=2e-4)


def test_padding_changes_only_the_frames_at_the_ends(make_signal):
    """The reference program pads the whole song by half a frame and rounds to float16."""
    y = make_signal(0, seconds=10.0, rate=SAMPLE_RATE)
    mel = librosa.feature.melspectrogram(y=y, sr=16000, n_fft=512, hop_length=256, n_mels=96).T.astype(np.float16)
    reference = np.log10(1 + 10000 * mel.astype(float))
    second = log_mel_spectrogram(torch.from_numpy(y[None, 255 * 256 : 255 * 256 + 48128]))[0]
    np.testing.assert_allclose(second, reference[256 : 256 + 187], atol=2e-3)
