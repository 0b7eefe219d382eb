#!/usr/bin/env bash
# Download the wheels that benchmarks/gpu.sh needs beside PyTorch: collect_wheels.sh FOLDER
#
# PYTHON_VERSION selects another version of Python than 3.12. The GPU machine has Python 3.12 on x86-64 Linux, PyTorch, NumPy, SciPy, scikit-learn, pandas, numba, transformers,
# sentence-transformers, typer and pytest. Versions are those of constraints.txt.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: collect_wheels.sh FOLDER}
limit_mib=45

packages="audioread cffi decorator filelock fsspec hypothesis imageio joblib lazy-loader librosa msgpack mutagen pillow platformdirs
pooch prettytable pycparser pydantic pydantic_core pynndescent pytest-timeout skops skorch sortedcontainers soundfile soxr tabulate
threadpoolctl typing-inspection umap-learn wcwidth"
# pythae is compared with, and is not among skvae's dependencies.
requirements=(pythae==0.1.2)
for package in $packages; do
    pinned=$(grep -i "^${package//-/[-_]}==" "$here/../constraints.txt" || echo "$package")
    requirements+=("$pinned")
done

platforms=()
for glibc in 2_17 2_24 2_26 2_27 2_28 2_31 2_34; do
    platforms+=(--platform "manylinux_${glibc}_x86_64")
done
mkdir -p "$folder"
python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version "${PYTHON_VERSION:-3.12}" --implementation cp \
    "${platforms[@]}" --platform manylinux2014_x86_64 --platform manylinux1_x86_64 --dest "$folder" "${requirements[@]}"

size=$(du -cm "$folder"/*.whl | tail -n 1 | cut -f1)
echo "$folder: $(find "$folder" -name '*.whl' | wc -l) wheels, $size MiB"
if [ "$size" -gt "$limit_mib" ]; then
    echo "The wheels take more than $limit_mib MiB." >&2
    exit 1
fi
