"""The rows that a net trains on: all on the device, or read in blocks from a long table; and batches of them."""

import numpy as np
import torch

# A table of more bytes than this, in single precision, is not copied but read in blocks, in every epoch anew. Only its
# size decides, not whether it is memory-mapped: joblib maps what it hands to workers, and results must not depend on
# that.
RESIDENT_BYTES = 2**28
# Contiguous rows that are read at once, and rows that are shuffled together in memory.
BLOCK_ROWS = 256
POOL_ROWS = 32_768
# Batches of a table in memory that are gathered by one index operation, which costs a small net as much as a layer.
GATHERED = 16


def make_table(encode, rows, n_columns, device):
    """Make the training table of some rows.

    Parameters
    ----------
    encode : callable
        From row numbers to a dict of float32 arrays of as many rows; "x" has the features.
    rows : ndarray of int
        Numbers of the rows to train on.
    n_columns : int
        Number of features.
    device : str
        Where batches go.

    Returns
    -------
    TensorTable or BlockTable
        By the table's size.
    """
    blocks = BlockTable(encode, np.array_split(rows, range(BLOCK_ROWS, len(rows), BLOCK_ROWS)), device)
    return blocks if len(rows) * n_columns * 4 > RESIDENT_BYTES else blocks.read()


class TensorTable(torch.utils.data.Dataset):
    """Tensors of equal length, all on the training device, that the module takes as keywords.

    Parameters
    ----------
    **tensors : torch.Tensor of shape (n, ...)
        By the name of the keyword.
    """

    def __init__(self, **tensors):
        self.tensors = tensors

    def __len__(self):
        return len(next(iter(self.tensors.values())))

    def __getitem__(self, rows):
        return {name: tensor[rows] for name, tensor in self.tensors.items()}, None

    def split(self, fraction, generator):
        """Hold out random rows.

        Parameters
        ----------
        fraction : float
            Share of the rows to hold out.
        generator : torch.Generator
            Draws them.

        Returns
        -------
        rest, held_out : TensorTable
            Together all rows, each in the order of the table.
        """
        order = torch.randperm(len(self), generator=generator)
        n_held = round(len(self) * fraction)
        return tuple(TensorTable(**self[rows.sort().values][0]) for rows in (order[n_held:], order[:n_held]))

    def n_batches(self, batch_size):
        """Count the batches of an epoch."""
        return -(-len(self) // batch_size)

    def batches(self, batch_size, generator=None):
        """Yield whole batches by index, shuffled where there is a generator.

        A `DataLoader` fetches and stacks one row at a time, which costs more than the network does on tables.
        """
        n = len(self)
        if generator is None:
            for start in range(0, n, batch_size):
                yield self[start : start + batch_size]
            return
        device = next(iter(self.tensors.values())).device
        for rows in torch.randperm(n, generator=generator).to(device).split(GATHERED * batch_size):
            gathered, _ = self[rows]
            for parts in zip(*(tensor.split(batch_size) for tensor in gathered.values()), strict=True):
                yield dict(zip(gathered, parts, strict=True)), None

    def largest(self):
        """Position of the feature column with the largest absolute value."""
        return int(self.tensors["x"].abs().amax(0).argmax())


class BlockTable(torch.utils.data.Dataset):
    """A table that is read in shuffled blocks of contiguous rows, as a memory-mapped file is best read.

    In every epoch the blocks are put in random order; the rows of `POOL_ROWS` / `BLOCK_ROWS` blocks at a time are
    scaled, shuffled and cut into batches.

    Parameters
    ----------
    encode : callable
        See `make_table`.
    blocks : list of ndarray of int
        Row numbers, block by block.
    device : str
        Where batches go.
    """

    def __init__(self, encode, blocks, device):
        self.encode = encode
        self.blocks = blocks
        self.device = device

    def __len__(self):
        return sum(map(len, self.blocks))

    def read(self):
        """Read all blocks; returns a `TensorTable`."""
        if len(self) == 0:
            return self._read(self.blocks)
        pools = [self._read(pool).tensors for pool in self._pools(self.blocks)]
        return TensorTable(**{name: torch.cat([pool[name] for pool in pools]) for name in pools[0]})

    def split(self, fraction, generator):
        """Hold out random blocks; see `TensorTable.split`."""
        order = torch.randperm(len(self.blocks), generator=generator)
        n_held = round(len(self.blocks) * fraction)
        return tuple(
            BlockTable(self.encode, [self.blocks[b] for b in chosen.sort().values], self.device)
            for chosen in (order[n_held:], order[:n_held])
        )

    def n_batches(self, batch_size):
        """Count the batches of an epoch, in the order of the table; a pool's last batch may be smaller."""
        return sum(-(-sum(map(len, pool)) // batch_size) for pool in self._pools(self.blocks))

    def batches(self, batch_size, generator=None):
        """Yield batches, pool by pool."""
        blocks = self.blocks
        if generator is not None:
            blocks = [blocks[b] for b in torch.randperm(len(blocks), generator=generator)]
        for pool in self._pools(blocks):
            yield from self._read(pool).batches(batch_size, generator)

    def largest(self):
        """Position of the feature column with the largest absolute value."""
        pools = [self._read(pool).tensors["x"].abs().amax(0) for pool in self._pools(self.blocks)]
        return int(torch.stack(pools).amax(0).argmax())

    def _pools(self, blocks):
        n = POOL_ROWS // BLOCK_ROWS
        return [blocks[start : start + n] for start in range(0, len(blocks), n)]

    def _read(self, blocks):
        # in file order: what is contiguous is read at one go
        arrays = self.encode(np.sort(np.concatenate(blocks)))
        return TensorTable(**{name: torch.from_numpy(array).to(self.device) for name, array in arrays.items()})


class Batches:
    """The iterator that skorch makes of a table: whole batches, no worker, no collation, no copy through the host.

    Parameters
    ----------
    dataset : TensorTable or BlockTable
        The rows.
    batch_size : int
        Rows per batch.
    generator : torch.Generator or None
        Shuffles; None keeps the order.
    """

    def __init__(self, dataset, batch_size, generator=None):
        self.dataset = dataset
        self.batch_size = batch_size
        self.generator = generator

    def __len__(self):
        return self.dataset.n_batches(self.batch_size)

    def __iter__(self):
        return self.dataset.batches(self.batch_size, self.generator)
