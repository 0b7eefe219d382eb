"""Training tables, in memory or read in blocks, and their batches."""

import numpy as np
import torch

# Larger tables (in bytes, single precision) are not copied to memory, but read in blocks in each epoch. The decision
# depends only on the size, not on whether the table is memory-mapped: joblib memory-maps the arrays that it passes to
# workers, and this must not change the results.
RESIDENT_BYTES = 2**28
# Number of contiguous rows that are read together.
BLOCK_ROWS = 256
# Number of rows that are shuffled together in memory.
POOL_ROWS = 32_768
# Number of batches that are gathered by one index operation. On small networks, an index operation takes as long as a
# layer.
BATCHES_PER_GATHER = 16


def make_table(encode, rows, n_columns, device):
    """Create the training table of some rows.

    Parameters
    ----------
    encode : callable
        Function of row indices that returns a dict of float32 arrays with these rows. "x" contains the features.
    rows : ndarray of int
        Indices of the training rows.
    n_columns : int
        Number of features.
    device : str
        Device of the batches.

    Returns
    -------
    TensorTable or BlockTable
        `TensorTable` if the table fits in `RESIDENT_BYTES`, else `BlockTable`.
    """
    blocks = BlockTable(encode, np.array_split(rows, range(BLOCK_ROWS, len(rows), BLOCK_ROWS)), device)
    return blocks if len(rows) * n_columns * 4 > RESIDENT_BYTES else blocks.read()


class TensorTable(torch.utils.data.Dataset):
    """Training table in the memory of the training device.

    Parameters
    ----------
    **tensors : torch.Tensor of shape (n, ...)
        Inputs of the module, by the names of its parameters.
    """

    def __init__(self, **tensors):
        self.tensors = tensors

    def __len__(self):
        return len(next(iter(self.tensors.values())))

    def __getitem__(self, rows):
        return {name: tensor[rows] for name, tensor in self.tensors.items()}, None

    def split(self, fraction, generator):
        """Split off random rows for validation.

        Parameters
        ----------
        fraction : float
            Fraction of validation rows.
        generator : torch.Generator
            Random number generator.

        Returns
        -------
        train, valid : TensorTable
            Training and validation rows, each in the original order.
        """
        order = torch.randperm(len(self), generator=generator)
        n_valid = round(len(self) * fraction)
        return tuple(TensorTable(**self[rows.sort().values][0]) for rows in (order[n_valid:], order[:n_valid]))

    def n_batches(self, batch_size):
        """Return the number of batches per epoch."""
        return -(-len(self) // batch_size)

    def batches(self, batch_size, generator=None):
        """Yield batches, shuffled if a generator is given.

        A `torch.utils.data.DataLoader` fetches and stacks single rows, which takes longer than the network.
        """
        n = len(self)
        if generator is None:
            for start in range(0, n, batch_size):
                yield self[start : start + batch_size]
            return
        device = next(iter(self.tensors.values())).device
        for rows in torch.randperm(n, generator=generator).to(device).split(BATCHES_PER_GATHER * batch_size):
            gathered, _ = self[rows]
            for parts in zip(*(tensor.split(batch_size) for tensor in gathered.values()), strict=True):
                yield dict(zip(gathered, parts, strict=True)), None

    def largest_column(self):
        """Return the index of the feature with the largest absolute value."""
        return int(self.tensors["x"].abs().amax(0).argmax())


class BlockTable(torch.utils.data.Dataset):
    """Training table that is read in shuffled blocks of contiguous rows, for memory-mapped files.

    In each epoch, the blocks are put in random order. The rows of `POOL_ROWS` / `BLOCK_ROWS` blocks are then read,
    encoded, shuffled and split into batches.

    Parameters
    ----------
    encode : callable
        See `make_table`.
    blocks : list of ndarray of int
        Row indices of each block.
    device : str
        Device of the batches.
    """

    def __init__(self, encode, blocks, device):
        self.encode = encode
        self.blocks = blocks
        self.device = device

    def __len__(self):
        return sum(map(len, self.blocks))

    def read(self):
        """Read all blocks and return a `TensorTable`."""
        if len(self) == 0:
            return self._read(self.blocks)
        pools = [self._read(pool).tensors for pool in self._pools(self.blocks)]
        return TensorTable(**{name: torch.cat([pool[name] for pool in pools]) for name in pools[0]})

    def split(self, fraction, generator):
        """Split off random blocks for validation, see `TensorTable.split`."""
        order = torch.randperm(len(self.blocks), generator=generator)
        n_valid = round(len(self.blocks) * fraction)
        return tuple(
            BlockTable(self.encode, [self.blocks[b] for b in chosen.sort().values], self.device)
            for chosen in (order[n_valid:], order[:n_valid])
        )

    def n_batches(self, batch_size):
        """Return the number of batches per epoch without shuffling. The last batch of a pool may be smaller."""
        return sum(-(-sum(map(len, pool)) // batch_size) for pool in self._pools(self.blocks))

    def batches(self, batch_size, generator=None):
        """Yield batches, pool by pool, shuffled if a generator is given."""
        blocks = self.blocks
        if generator is not None:
            blocks = [blocks[b] for b in torch.randperm(len(blocks), generator=generator)]
        for pool in self._pools(blocks):
            yield from self._read(pool).batches(batch_size, generator)

    def largest_column(self):
        """Return the index of the feature with the largest absolute value."""
        pools = [self._read(pool).tensors["x"].abs().amax(0) for pool in self._pools(self.blocks)]
        return int(torch.stack(pools).amax(0).argmax())

    def _pools(self, blocks):
        """Split blocks into lists with at most `POOL_ROWS` rows."""
        n = POOL_ROWS // BLOCK_ROWS
        return [blocks[start : start + n] for start in range(0, len(blocks), n)]

    def _read(self, blocks):
        """Read and encode the rows of some blocks."""
        # Rows are sorted, because reading is fastest in the order of the file.
        arrays = self.encode(np.sort(np.concatenate(blocks)))
        return TensorTable(**{name: torch.from_numpy(array).to(self.device) for name, array in arrays.items()})


class Batches:
    """Iterator over the batches of a training table, used by skorch instead of a `torch.utils.data.DataLoader`.

    Parameters
    ----------
    dataset : TensorTable or BlockTable
        Training table.
    batch_size : int
        Number of rows per batch.
    generator : torch.Generator or None
        Random number generator for shuffling. None keeps the order.
    """

    def __init__(self, dataset, batch_size, generator=None):
        self.dataset = dataset
        self.batch_size = batch_size
        self.generator = generator

    def __len__(self):
        return self.dataset.n_batches(self.batch_size)

    def __iter__(self):
        return self.dataset.batches(self.batch_size, self.generator)
