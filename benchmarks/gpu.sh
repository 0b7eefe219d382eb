#!/usr/bin/env bash
# Benchmark skvae on a GPU machine that has PyTorch and no network.
#
#   benchmarks/collect_wheels.sh wheels                         # on a machine with a network
#   benchmarks/gpu.sh --wheels wheels --data DATA               # on the GPU machine, under 8 minutes
#   benchmarks/gpu.sh --wheels wheels --data DATA --device cpu --quick     # small sizes, to test the script
#
# DATA is a folder that contains images/mnist.npz. Every result is printed at once. The last lines are one table, which
# is also written to benchmarks/results/gpu.txt if the device is a GPU. Further options go to benchmarks/_gpu.py.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
PYTHON=${PYTHON:-python3}

wheels=""
options=()
while [ $# -gt 0 ]; do
    case $1 in
    --wheels) wheels=$2 && shift 2 ;;
    *) options+=("$1") && shift ;;
    esac
done

site=$(mktemp -d)
trap 'rm -rf "$site"' EXIT
export PYTHONPATH="$site:$here/..${PYTHONPATH:+:$PYTHONPATH}" PYTHONUNBUFFERED=1 TQDM_DISABLE=1 OMP_WAIT_POLICY=PASSIVE

if [ -n "$wheels" ]; then
    # Packages that the machine already has stay as they are: PyTorch and NumPy must match each other.
    missing=$("$PYTHON" "$here/_missing_wheels.py" "$wheels")
    if [ -n "$missing" ]; then
        # shellcheck disable=SC2086
        "$PYTHON" -m pip install --quiet --no-index --no-deps --no-compile --target "$site" $missing
        printf 'installed for this run: %s\n' "$(echo "$missing" | xargs -n 1 basename | cut -d- -f1 | xargs)"
    fi
fi
"$PYTHON" "$here/_gpu.py" "${options[@]}"
