"""The tree of a model: skops' JSON, made small and repeatable for the file, and checked when read from it."""

import json
from pathlib import PurePosixPath

from ._archive import ModelFileError

# Deeper than any pipeline; skops, which recurses, would meet Python's limit at about twice that.
MAX_DEPTH = 200
# Which kind of node reads which kind of member.
_SUFFIXES = {"NdArrayNode": ".npy", "SparseMatrixNode": ".npz"}


def compact_schema(node, contents, names):
    """Rewrite a tree so that equal models have equal trees, and lists and dicts of plain values take little room.

    Parameters
    ----------
    node : dict or list, or a plain value
        The tree, or a part of it. skops gives each element of a list a node of its own, some hundred bytes; here a
        list or dict that is plain JSON is one node.
    contents : dict of str to bytes
        Members of skops' archive, under names that are memory addresses.
    names : dict of bytes to str
        Is filled with the new name of each content: numbers in order of appearance.

    Returns
    -------
    dict or list, or a plain value
        The tree, without the memory addresses that skops tells repeated objects by.
    """
    if isinstance(node, list):
        return [compact_schema(child, contents, names) for child in node]
    if not isinstance(node, dict):
        return node
    if not _is_node(node):
        return {key: compact_schema(child, contents, names) for key, child in node.items()}
    node = {key: compact_schema(child, contents, names) for key, child in node.items() if key != "__id__"}
    if "file" in node:
        suffix = PurePosixPath(node["file"]).suffix
        node["file"] = names.setdefault(contents[node["file"]], f"{len(names)}{suffix}")
    return _as_json(node) or node


def _as_json(node):
    """Make one node of a list, or of a dict with texts as keys, whose values are plain; None of anything else."""
    kind, content = (node["__module__"], node["__class__"], node["__loader__"]), node.get("content")
    if kind == ("builtins", "list", "ListNode") and all(map(_is_json, content)):
        return _json_node(f"[{', '.join(child['content'] for child in content)}]")
    if kind != ("builtins", "dict", "DictNode") or not all(map(_is_json, content.values())):
        return None
    if content and any(key["__class__"] != "str" for key in node["key_types"]["content"]):
        return None
    items = (f"{json.dumps(key)}: {child['content']}" for key, child in content.items())
    return _json_node(f"{{{', '.join(items)}}}")


def _json_node(text):
    return {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": text, "is_json": True}


def _is_node(value):
    return isinstance(value, dict) and isinstance(value.get("__loader__"), str)


def _is_json(value):
    return _is_node(value) and value["__loader__"] == "JsonNode"


def check_schema(schema, sizes, *, max_bytes):
    """Refuse a tree that `compact_schema` could not have made, or that takes more memory than the file may.

    Parameters
    ----------
    schema : dict
        The tree.
    sizes : dict of str to int
        Bytes of each member.
    max_bytes : int
        Bytes that the members may have, each as often as the tree names it.

    Raises
    ------
    ModelFileError
        If it is too deep, refers to a node elsewhere in the tree (which could make it endless), or names a member that
        is not there or of another kind, or too much of them.
    """
    if not _is_node(schema):
        raise ModelFileError("its schema.json is no tree of objects")
    size, open_ends = 0, [(schema, 1)]
    while open_ends:
        value, depth = open_ends.pop()
        if depth > MAX_DEPTH:
            raise ModelFileError(f"its objects are nested more than {MAX_DEPTH} deep")
        if _is_node(value):
            if "__id__" in value or value["__loader__"] == "CachedNode":
                raise ModelFileError("an object of it refers to another, which skvae.save never writes")
            if "file" in value:
                name, suffix = value["file"], _SUFFIXES.get(value["__loader__"])
                if name not in sizes or PurePosixPath(name).suffix != suffix:
                    raise ModelFileError(f"an object of it names {name!r}, which is no member for it")
                size += sizes[name]
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        open_ends += [(child, depth + 1) for child in children]
    if size > max_bytes:
        raise ModelFileError(f"its arrays take {size} bytes, more than max_bytes={max_bytes}")
