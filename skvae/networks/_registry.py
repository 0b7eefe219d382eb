"""Names of the networks that `VAETransformer` accepts as a string.

To add a network, write a file that defines a subclass of `Network`, and add one line to `ENTRIES`.
"""

from pkgutil import resolve_name

# Name of each network, and "module:class", relative to skvae.networks.
ENTRIES = {
    "conv1d": "_conv1d:Conv1d",
    "conv2d": "_conv2d:Conv2d",
    "mlp": "_mlp:MLP",
}

NETWORKS = {name: resolve_name(f"skvae.networks.{entry}") for name, entry in ENTRIES.items()}
