"""Tree of a model: compaction of the JSON of skops for saving, and validation for loading."""

import json
from pathlib import PurePosixPath

from ._archive import ModelFileError

# Maximum depth of nested objects. Pipelines need much less. skops is recursive and reaches the recursion limit of
# Python at about twice this depth.
MAX_DEPTH = 200
# Suffix of the members that each type of node reads.
_SUFFIXES = {"NdArrayNode": ".npy", "SparseMatrixNode": ".npz"}


def compact_schema(node, contents, names):
    """Make a tree smaller and reproducible.

    skops creates one node of about a hundred bytes for each element of a list. Here, a list or dict that only contains
    JSON values becomes a single node. skops uses memory addresses as names of members and to identify repeated objects.
    Here, members are numbered, and repeated objects are not identified. Equal models therefore have equal trees.

    Parameters
    ----------
    node : dict, list, str, int, float, bool or None
        Tree, or a part of it.
    contents : dict of str to bytes
        Members of the archive of skops.
    names : dict of bytes to str
        New name of each content, in order of appearance. The dict is filled in place.

    Returns
    -------
    dict, list, str, int, float, bool or None
        Compact tree.
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
    return _convert_to_json_node(node) or node


def _convert_to_json_node(node):
    """Return a single node for a list or a dict with string keys whose values are JSON. None for other nodes."""
    kind, content = (node["__module__"], node["__class__"], node["__loader__"]), node.get("content")
    if kind == ("builtins", "list", "ListNode") and all(map(_is_json, content)):
        return _make_json_node(f"[{', '.join(child['content'] for child in content)}]")
    if kind != ("builtins", "dict", "DictNode") or not all(map(_is_json, content.values())):
        return None
    if content and any(key["__class__"] != "str" for key in node["key_types"]["content"]):
        return None
    items = (f"{json.dumps(key)}: {child['content']}" for key, child in content.items())
    return _make_json_node(f"{{{', '.join(items)}}}")


def _make_json_node(text):
    return {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": text, "is_json": True}


def _is_node(value):
    return isinstance(value, dict) and isinstance(value.get("__loader__"), str)


def _is_json(value):
    return _is_node(value) and value["__loader__"] == "JsonNode"


def check_schema(schema, sizes, *, max_bytes):
    """Reject trees that `compact_schema` does not produce, and trees whose objects would need too much memory.

    Parameters
    ----------
    schema : dict
        Tree.
    sizes : dict of str to int
        Size of each member in bytes.
    max_bytes : int
        Maximum total size of the members in bytes. A member is counted each time it is used.

    Raises
    ------
    ModelFileError
        If the tree is too deep or contains a reference to another node, which could make the tree infinite. Also if a
        member is missing, has the wrong type or is too large.
    """
    if not _is_node(schema):
        raise ModelFileError("its schema.json is not a tree of objects")
    size, stack = 0, [(schema, 1)]
    while stack:
        value, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise ModelFileError(f"its objects are nested more than {MAX_DEPTH} deep")
        if _is_node(value):
            if "__id__" in value or value["__loader__"] == "CachedNode":
                raise ModelFileError("one of its objects refers to another object, which skvae.save does not write")
            if "file" in value:
                name, suffix = value["file"], _SUFFIXES.get(value["__loader__"])
                if name not in sizes or PurePosixPath(name).suffix != suffix:
                    raise ModelFileError(
                        f"one of its objects refers to {name!r}, which is missing or has the wrong type"
                    )
                size += sizes[name]
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        stack += [(child, depth + 1) for child in children]
    if size > max_bytes:
        raise ModelFileError(
            f"its arrays have {size} bytes, more than max_bytes={max_bytes}. Increase max_bytes if you trust the file"
        )
