"""Lyrics of generated songs, composed of the lines and nouns in ``words.json``.

The lines fit nouns of any gender and case. Spanish and Arabic nouns include their article. Lines with placeholders
receive nouns of the genre. Lines without placeholders are used in all genres.
"""

import json
from importlib.resources import files

_WORDS = json.loads((files(__package__) / "words.json").read_text("utf-8"))
LANGUAGES = _WORDS["languages"]
GIVEN_NAMES = _WORDS["given_names"]
FAMILY_NAMES = _WORDS["family_names"]


def write_lyrics(genre, language, rng):
    """Generate a title and two verses, each followed by the refrain.

    Parameters
    ----------
    genre, language : str
        Genre and language of the song.
    rng : numpy.random.Generator
        Random number generator.

    Returns
    -------
    title : str
        Title of the song.
    lyrics : str
        Lyrics. Verses and refrains are separated by empty lines.
    """
    words = LANGUAGES[language]
    nouns = rng.permutation(words["nouns"][genre])
    title = words["conjunction"].format(*nouns[:2])

    def write_stanza(n_lines):
        lines = rng.choice(words["lines"], size=n_lines, replace=False)
        return "\n".join(line.format(*rng.choice(nouns[:6], size=2, replace=False)) for line in lines)

    refrain = write_stanza(3)
    lyrics = "\n\n".join([write_stanza(4), refrain, write_stanza(4), refrain])
    return title[0].upper() + title[1:], lyrics
