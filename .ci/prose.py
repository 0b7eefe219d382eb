"""Check the English of docstrings, comments, messages and guides: ``python .ci/prose.py PATH ...``.

Fails if a text contains a mannered phrase, or if too many sentences of a file are long or have fronted word order.
"""

import ast
import io
import re
import sys
import tokenize
from pathlib import Path

PHRASES = r"""
of no account; (?:gone|goe?s?|went) on with; names none; stands? (?:in|for|beside|there); there is none; is none to;
(?:that|which) is none; of (?:its|their|his|your) own; rooms?; house; sa(?:ys?|id); asks?; asked (?:of|for); hears?;
heard; knows?; whatever; whoever; (?:has|have) not(?! (?:been|yet|\w+ed)\b); for ever; all the same; besides;
upon; shall; by itself; as it is; in place of; set beside; gives? away; at its word; as many as;
such as (?:has|have|are|is);
where there (?:is|are) (?:one|any|some); (?:is|are) told; tells; which of them; (?:has|have) no say
"""
MANNERED = re.compile(rf"\b(?:{'|'.join(phrase.strip() for phrase in PHRASES.split(';'))})\b", re.IGNORECASE)
FRONTED = re.compile(
    r"(?:Of|What|Where|Whether|How|By|In|Into|From|To|With|Without|Among|Over|Under|Between|Beside|On|At|For)\b"
)
SKIPPED = re.compile(r"^\s*(?:>>>|\.\. |:|\||[-=~^]{3}|\w[\w, *]* : )")
IGNORED_FILES = re.compile("_build|auto_examples|docs/generated|benchmarks/results")
LONG, MIN_SENTENCES, MAX_SHARE = 25, 25, 0.10


def texts(path):
    """Yield (line, text) of the docstrings, comments and messages of a Python file, or of the paragraphs of a guide."""
    source = path.read_text()
    if path.suffix != ".py":
        line = 1
        for block in re.split(r"(\n\s*\n)", source):
            if not re.match(r"\s*(?:\.\. |::|```|\||#+ )|   ", block):
                yield line, block
            line += block.count("\n")
        return
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith(("#!", "# noqa", "# type:")):
            yield token.start[0], token.string.lstrip("#: ")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(v.value if isinstance(v, ast.Constant) else "name" for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) >= 5:
            yield node.lineno, node.value


def sentences(text):
    """Yield the sentences of a text, without code, directives and parameter lines."""
    for block in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in block.splitlines() if not SKIPPED.match(line)]
        joined = re.sub(r"``[^`]*``|:\w+:`[^`]*`|`[^`]*`_?", "name", " ".join(lines))
        yield from (s for s in re.split(r"(?<=[.!?])\s+", joined) if len(s.split()) > 3)


def check(path):
    """Yield the findings of a file."""
    total = long = fronted = 0
    for line, text in texts(path):
        for sentence in sentences(text):
            found = MANNERED.search(sentence)
            if found:
                yield f"{path}:{line}: {found[0]!r} in: {sentence[:100]}"
            total, long = total + 1, long + (len(sentence.split()) > LONG)
            fronted += bool(FRONTED.match(sentence))
    for count, what in ((long, f"more than {LONG} words"), (fronted, "a preposition or a question word first")):
        if total >= MIN_SENTENCES and count > MAX_SHARE * total:
            yield f"{path}: {count} of {total} sentences have {what}. At most {MAX_SHARE:.0%} are allowed."


if __name__ == "__main__":
    paths = [f for p in map(Path, sys.argv[1:]) for f in ([p] if p.is_file() else sorted(p.rglob("*.*")))]
    files = [f for f in paths if f.suffix in {".py", ".rst", ".md"} and not IGNORED_FILES.search(str(f))]
    findings = [finding for file in files for finding in check(file)]
    print("\n".join(findings))
    sys.exit(bool(findings))
