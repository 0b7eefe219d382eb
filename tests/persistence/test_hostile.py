"""Malicious and damaged files raise one error, execute no code and need little memory."""

import hashlib
import io
import json
import pickle
import sys
import tracemalloc
import warnings
import zipfile
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
import sklearn
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans, SpectralClustering
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skvae import MLP, BlockScaler, VAETransformer, load, save
from skvae.persistence import ModelFileError
from skvae.persistence._archive import _SEAL, pack
from skvae.persistence._schema import compact_schema

X = np.random.default_rng(0).normal(size=(30, 3))
VAE = VAETransformer(2, network=MLP((4,)), max_epochs=1, random_state=0)
MODEL = make_pipeline(BlockScaler("power"), VAE, KMeans(2, n_init=1, random_state=0)).fit(X)

# Audit events of code that must not run. An audit hook cannot be removed, so `armed` enables it.
ALARMS = ("os.", "subprocess.", "socket.", "shutil.", "pickle.find_class", "ctypes.")
armed, alarms = [], []


def _alarm(event, arguments):
    if not armed:
        return
    writes = event == "open" and not (arguments[1] or "r").startswith("r")
    if writes or (event.startswith(ALARMS) and event != "os.listdir"):
        alarms.append((event, arguments))


sys.addaudithook(_alarm)


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    """Return the content of a valid file."""
    path = tmp_path_factory.mktemp("valid") / "model.skvae"
    save(MODEL, path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def members(valid):
    """Return the members of a valid file."""
    with ZipFile(io.BytesIO(valid)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def attempt(tmp_path_factory):
    """Return a function that loads bytes and checks that no code was executed."""
    path = tmp_path_factory.mktemp("hostile") / "model.skvae"

    def attempt(data, **limits):
        path.write_bytes(data)
        alarms.clear()
        armed.append(True)
        try:
            return load(path, **limits)
        finally:
            armed.clear()
            assert alarms == []

    return attempt


def write_file():
    """Cause an audit event; see `test_audit_hook_detects_code`."""
    open("proof", "w").close()


class Bomb:
    def __reduce__(self):
        return eval, ("__import__('os').system('true')",)


def from_skops(value, members):
    """Return a file with a valid checksum and the tree of any object."""
    with ZipFile(io.BytesIO(skops.io.dumps(value))) as archive:
        arrays = {name: archive.read(name) for name in archive.namelist()}
    names = {}
    schema = compact_schema(json.loads(arrays["schema.json"]), arrays, names)
    return with_schema(members, schema, **{name: content for content, name in names.items()})


def with_schema(members, schema, **others):
    protocol = json.loads(members["schema.json"])["protocol"]
    text = schema if isinstance(schema, str) else json.dumps({"protocol": protocol, **schema})
    return pack(members | {"schema.json": text.encode()} | others)


def node(loader, content=None, kind="builtins.list", **more):
    module, _, name = kind.rpartition(".")
    return {"__class__": name, "__module__": module, "__loader__": loader, "content": content, **more}


def plain(value):
    return node("JsonNode", json.dumps(value), "builtins.str", is_json=True)


def state(**attributes):
    """Return the node for the attributes of an object."""
    keys = node("ListNode", [node("TypeNode", kind="builtins.str") for _ in attributes])
    return node("DictNode", attributes, "builtins.dict", key_types=keys)


def estimator(kind="sklearn.preprocessing._function_transformer.FunctionTransformer", **attributes):
    return node("ObjectNode", state(**attributes, _sklearn_version=plain(sklearn.__version__)), kind)


def test_audit_hook_detects_code(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    armed.append(True)
    write_file()
    pickle.loads(pickle.dumps(Bomb()))
    armed.clear()
    assert {"open", "os.system", "pickle.find_class"} <= {event for event, _ in alarms}
    alarms.clear()


def test_valid_file_is_loaded(attempt, valid, members):
    assert np.array_equal(attempt(valid).transform(X), MODEL.transform(X))
    assert np.array_equal(attempt(pack(members)).transform(X), MODEL.transform(X))
    assert isinstance(attempt(with_schema(members, estimator(func=plain(None)))), FunctionTransformer)


@pytest.mark.parametrize("sealed", [False, True])
def test_function_of_numpy_testing_is_rejected(sealed, attempt, members):
    runstring = np.testing._private.utils.runstring
    evil = FunctionTransformer(runstring, kw_args={"dict": {}})
    data = from_skops(evil, members) if sealed else skops.io.dumps(evil)
    untrusted = "numpy.testing._private.utils.runstring, which skvae does not trust"
    with pytest.raises(ModelFileError, match=untrusted if sealed else "was not written by skvae.save"):
        attempt(data)


def test_renamed_pickle_is_rejected(attempt):
    with pytest.raises(ModelFileError, match=r"model.skvae cannot be loaded: it was not written by skvae.save"):
        attempt(pickle.dumps(Bomb()))


@pytest.mark.parametrize("data", [b"", b"PK", b"skvae", bytes(1000)])
def test_other_content_is_rejected(data, attempt):
    with pytest.raises(ModelFileError, match=r"was not written by skvae.save"):
        attempt(data)


def test_missing_file_raises_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nowhere.skvae")


UNTRUSTED = {
    "os.system": estimator(func=node("FunctionNode", kind="os.system")),
    "builtins.eval": estimator(func=node("TypeNode", kind="builtins.eval")),
    "functools.partial": estimator(
        func=node(
            "PartialNode",
            {
                "func": node("TypeNode", kind="builtins.eval"),
                "args": node("TupleNode", [plain("1")], "builtins.tuple"),
                "kwds": state(),
                "namespace": plain(None),
            },
            "functools.partial",
        )
    ),
    "operator.attrgetter": estimator(
        func=node("OperatorFuncNode", None, "operator.attrgetter", attrs=node("TupleNode", [], "builtins.tuple"))
    ),
    "FunctionTransformer.fit": estimator(
        func=node(
            "MethodNode",
            {"func": "fit", "obj": estimator()},
            "sklearn.preprocessing._function_transformer.FunctionTransformer",
        )
    ),
    "subprocess.Popen": node("ConstructorFromReduceNode", node("TupleNode", [plain("true")]), "subprocess.Popen"),
    "skvae.datasets.generated._songs.make_songs": estimator(
        func=node("FunctionNode", kind="skvae.datasets.generated._songs.make_songs")
    ),
    "sklearn.utils.fixes.np": estimator(func=node("FunctionNode", kind="sklearn.utils.fixes.np")),
    "posix.system": node("DictNode", {}, "posix.system", key_types=node("ListNode", [])),
    "sklearn.tree._tree.Tree": estimator(
        func=node("TreeNode", plain({}), "sklearn.tree._tree.Tree", __reduce__={"args": node("TupleNode", [])})
    ),
    "numpy.random.seed": estimator(
        func=node(
            "RandomGeneratorNode",
            {"bit_generator": state(bit_generator=plain("seed")), "seed_seq": plain({})},
            "numpy.random._generator.Generator",
        )
    ),
}


@pytest.mark.parametrize("name", UNTRUSTED)
def test_error_contains_the_name_of_an_untrusted_object(name, attempt, members):
    with pytest.raises(ModelFileError, match=f"it contains .*{name}.*, which skvae does not trust"):
        attempt(with_schema(members, UNTRUSTED[name]))


def rezipped(members, method=ZIP_DEFLATED, **entries):
    """Return an archive with a valid checksum that `pack` would not create."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", method) as archive:
        for name, content in {**members, **entries}.items():
            archive.writestr(name, content)
        archive.comment = _SEAL + bytes(64)
    return reseal(buffer.getvalue())


def reseal(data):
    return data[:-64] + hashlib.sha256(data[:-64]).hexdigest().encode()


def peak(attempt, data, match, **limits):
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError, match=match):
            attempt(data, **limits)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_archive_bombs_are_not_decompressed(attempt, members):
    zeros = bytes(50_000_000)
    honest = rezipped(members, **{"99.npy": zeros})
    assert peak(attempt, honest, "more than max_ratio=100") < 2_000_000
    assert peak(attempt, honest, "more than max_bytes=1000000", max_bytes=1_000_000) < 2_000_000
    assert peak(attempt, honest, "ValueError", max_ratio=1e9) > 40_000_000  # The limit can be increased.
    bzip = rezipped(members, ZIP_BZIP2, **{"99.npy": zeros})
    assert peak(attempt, bzip, "compression method that skvae.save does not use") < 2_000_000
    inner = io.BytesIO()
    with ZipFile(inner, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.npy", zeros)
    nested = pack(members | {"9.npz": inner.getvalue()})
    assert peak(attempt, nested, "more than max_ratio=100") < 2_000_000


def test_archive_bomb_with_a_wrong_declared_size(attempt, members):
    zeros = bytes(50_000_000)
    data = bytearray(rezipped(members, **{"99.npy": zeros}))
    with ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo("99.npy")
    declared = (len(zeros)).to_bytes(4, "little")
    wrong = (1000).to_bytes(4, "little")
    checksum = zipfile.crc32(zeros).to_bytes(4, "little"), zipfile.crc32(bytes(1000)).to_bytes(4, "little")
    for true, false in ((declared, wrong), checksum):
        assert data.count(true) == 2  # In the local header and in the directory of the archive.
        data = data.replace(true, false)
    assert entry.file_size == len(zeros)
    assert peak(attempt, reseal(bytes(data)), "cannot be loaded") < 2_000_000


def test_file_larger_than_the_limit_is_not_read(attempt, valid):
    with pytest.raises(ModelFileError, match=r"it has .* bytes, more than max_bytes=1000"):
        attempt(valid, max_bytes=1000)


def npy(array, **options):
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def test_array_with_a_wrong_declared_shape_is_rejected(attempt, members):
    wrong = npy(np.zeros((100, 3))).replace(b"(100, 3), ", b"(10**9, )".ljust(10)[:10])
    huge = npy(np.zeros(4)).replace(b"(4,), ", b"(1000000000000,), ")
    for content in (wrong, huge, npy(np.zeros(4))[:-1], npy(np.zeros(4)) + b"\0", b"\x93NUMPY", b"PK\x03\x04"):
        with pytest.raises(ModelFileError):
            attempt(pack(members | {"0.npy": content}))


def test_array_of_objects_is_rejected(attempt, members):
    for dtype in (object, [("a", object)], "V0"):
        content = (
            npy(np.zeros(3, dtype), allow_pickle=True)
            if dtype == "V0"
            else npy(np.array([Bomb()] if dtype is object else [(Bomb(),)], dtype), allow_pickle=True)
        )
        with pytest.raises(ModelFileError, match="but only numbers and strings are supported"):
            attempt(pack(members | {"0.npy": content}))


def test_total_size_counts_repeated_arrays(attempt, members):
    array = node("NdArrayNode", None, "numpy.ndarray", type="numpy", file="0.npy")
    data = with_schema(members, estimator(a=node("ListNode", [array] * 30_000)), **{"0.npy": npy(np.zeros(100_000))})
    assert peak(attempt, data, "arrays have .* bytes, more than max_bytes") < 100_000_000


@pytest.mark.parametrize("name", ["schema.json", "skvae.json", "0.npz", "99.npy"])
def test_member_of_the_wrong_type_is_rejected(name, attempt, members):
    array = node("NdArrayNode", None, "numpy.ndarray", type="numpy", file=name)
    with pytest.raises(ModelFileError, match=f"refers to {name!r}, which is missing or has the wrong type"):
        attempt(with_schema(members, estimator(a=array)))


@pytest.mark.parametrize("name", ["../x.npy", "/etc/x.npy", "a/b.npy", "..\\x.npy", "C:x.npy", "x.pkl", "ü.npy"])
def test_unknown_member_names_are_rejected(name, attempt, members):
    with pytest.raises(ModelFileError, match=r"a name that skvae.save does not use"):
        attempt(rezipped(members, **{name: b""}))


def test_duplicate_member_names_are_rejected(attempt, members):
    buffer = io.BytesIO(pack(members))
    with warnings.catch_warnings(), ZipFile(buffer, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("schema.json", json.dumps(estimator()))
    with pytest.raises(ModelFileError, match="two of its members have the same name"):
        attempt(reseal(buffer.getvalue()))


def test_sparse_matrix_with_indices_out_of_range_is_rejected(attempt, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        save(SpectralClustering(2, affinity="nearest_neighbors", n_neighbors=3).fit(X), tmp_path / "model.skvae")
    with ZipFile(tmp_path / "model.skvae") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    (name,) = [name for name in members if name.endswith(".npz")]
    parts = dict(np.load(io.BytesIO(members[name])))
    parts["indices"][0] = 10**6
    buffer = io.BytesIO()
    np.savez(buffer, **parts)
    with pytest.raises(ModelFileError, match="indices"):
        attempt(pack(members | {name: buffer.getvalue()}))


def deep(levels):
    value = plain(None)
    for _ in range(levels):
        value = node("ListNode", [value])
    return estimator(a=value)


@pytest.mark.parametrize("schema", ["[" * 100_000, '{"a":' * 100_000, "[]", "1", "null", "", "\xff"])
def test_invalid_schema_is_rejected(schema, attempt, members):
    with pytest.raises(ModelFileError):
        attempt(with_schema(members, schema))


def test_deep_trees_are_rejected(attempt, members):
    with pytest.raises(ModelFileError, match="nested more than 200 deep"):
        attempt(with_schema(members, deep(150)))
    assert attempt(with_schema(members, deep(90))).a
    brackets = node("JsonNode", "[" * 100_000, "builtins.str")
    with pytest.raises(ModelFileError, match="RecursionError"):
        attempt(with_schema(members, estimator(a=brackets)))


def test_references_between_nodes_are_rejected(attempt, members):
    tower = plain(None)
    for level in range(1, 40):
        reference = {"__id__": level, "__class__": "list", "__module__": "builtins", "__loader__": "ListNode"}
        tower = {**node("ListNode", [tower, {**reference, "__id__": level - 1}]), "__id__": level}
    for evil in (tower, node("CachedNode", None, "builtins.list")):
        with pytest.raises(ModelFileError, match=r"refers to another object, which skvae.save does not write"):
            attempt(with_schema(members, estimator(a=evil)))


@pytest.mark.parametrize(
    ("name", "value"),
    [("memory", "/tmp/x"), ("memory", False), ("checkpoint_dir", "x"), ("trust_remote_code", True)],
)
def test_file_must_not_set_local_parameters(name, value, attempt, members):
    """A cache folder contains pickles, and a pretrained model may contain code."""
    pairs = node("ListNode", [node("TupleNode", [plain(name), plain(value)], "builtins.tuple")])
    for attributes in (state(**{name: plain(value)}), plain({name: value}), pairs):
        inner = node("ObjectNode", attributes, "skvae.audio.pretrained._embedder.AudioEmbedder")
        hidden = node("TupleNode", [state(a=node("ListNode", [inner]))], "builtins.tuple")
        for schema in (inner, estimator(a=hidden)):
            with pytest.raises(ModelFileError, match=f"AudioEmbedder sets {name!r}, which a file must not set"):
                attempt(with_schema(members, schema))


def test_invalid_scikit_learn_version_warns(attempt, members):
    evil = node("ObjectNode", plain({"_sklearn_version": [["1.2"]]}), "sklearn.cluster._kmeans.KMeans")
    with pytest.warns(UserWarning, match=r"saved with scikit-learn \[\['1\.2'\]\], but scikit-learn"):
        attempt(with_schema(members, evil))


def test_object_that_is_not_an_estimator_is_rejected(attempt, members):
    with pytest.raises(ModelFileError, match="it contains an object of type dict instead of an estimator"):
        attempt(with_schema(members, state(a=plain(1))))


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"skvae": 1}', '{"skvae": "x"}', "[" * 100_000])
def test_missing_version_is_rejected(manifest, attempt, members):
    with pytest.raises(ModelFileError):
        attempt(pack(members | {"skvae.json": manifest.encode()}))


def outcome(attempt, data):
    """Return the model, or None if the file is rejected."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return attempt(data)
    except ModelFileError:
        return None


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_any_flipped_bit_is_detected(attempt, valid, data):
    flipped = bytearray(valid)
    for place in data.draw(st.sets(st.integers(0, 8 * len(valid) - 1), min_size=1, max_size=4)):
        flipped[place // 8] ^= 1 << place % 8
    with pytest.raises(ModelFileError):
        attempt(bytes(flipped))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_truncated_and_extended_files_are_detected(attempt, valid, data):
    with pytest.raises(ModelFileError):
        attempt(valid[: data.draw(st.integers(0, len(valid) - 1))])
    with pytest.raises(ModelFileError):
        attempt(valid + data.draw(st.binary(min_size=1, max_size=300)))


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_changed_archive_with_a_valid_checksum_executes_no_code(attempt, valid, data):
    """Change headers, directory and compressed data of the archive."""
    changed = bytearray(valid)
    for place in data.draw(st.sets(st.integers(0, len(valid) - 65), min_size=1, max_size=3)):
        changed[place] = data.draw(st.integers(0, 255))
    outcome(attempt, reseal(bytes(changed)))


@settings(deadline=None, max_examples=120)
@given(st.data())
def test_changed_members_execute_no_code(attempt, members, data):
    """Change settings and arrays in a valid archive."""
    name = data.draw(st.sampled_from(sorted(members)))
    content = bytearray(members[name])
    for place in data.draw(st.sets(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
        content[place] = data.draw(st.integers(32, 126) if name.endswith("json") else st.integers(0, 255))
    outcome(attempt, pack(members | {name: bytes(content)}))


NAMES = st.sampled_from(["os.system", "builtins.eval", "builtins.map", "numpy.sin", "sklearn.pipeline.Pipeline"])


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_exchanged_nodes_execute_no_code(attempt, members, data):
    """Combine loaders, classes and contents of different nodes."""
    schema = json.loads(members["schema.json"])
    nodes, ends = [], [schema]
    while ends:
        value = ends.pop()
        ends += value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        nodes += [value] if isinstance(value, dict) and "__loader__" in value else []
    for _ in range(data.draw(st.integers(1, 3))):
        one, other = data.draw(st.sampled_from(nodes)), data.draw(st.sampled_from(nodes))
        keys = data.draw(st.sets(st.sampled_from(sorted(other)), min_size=1))
        one.update(json.loads(json.dumps({key: other[key] for key in keys})))
        if data.draw(st.booleans()):
            one["__module__"], _, one["__class__"] = data.draw(NAMES).rpartition(".")
    outcome(attempt, with_schema(members, schema))


def test_trusted_steps_are_not_in_the_error(attempt, members):
    assert isinstance(MODEL[0], BlockScaler)
    evil = make_pipeline(StandardScaler(), FunctionTransformer(np.save))
    with pytest.raises(ModelFileError, match=r"it contains numpy\.save, which"):
        attempt(from_skops(evil, members))
