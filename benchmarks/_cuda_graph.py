"""Training steps of the bare loop, captured as a CUDA graph: the practical limit of speed for small networks."""

import torch
from _bare import BareVAE, clock


def seconds_per_epoch(x, widths, *, batch_size, n_epochs=3):
    """Time epochs of captured training steps.

    A captured step is launched as a whole, so the GPU does not wait for Python between its kernels. The objective is
    that of `_bare.train` after the KL warm-up. Incomplete batches and the validation pass are left out.

    Parameters
    ----------
    x : torch.Tensor of shape (n, d)
        The table. A tenth of the rows is left out, as for validation.
    widths : list of int
        Number of columns, sizes of the hidden layers, number of latent units.
    batch_size : int
        Number of rows per step.
    n_epochs : int
        Number of epochs. The result is the time of the fastest.

    Returns
    -------
    float
        Seconds.
    """
    x = x[: len(x) * 9 // 10].to("cuda")
    model = BareVAE(widths).to("cuda")
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True, capturable=True)
    batch = torch.zeros(batch_size, widths[0], device="cuda")

    def step():
        error, kl = model.terms(batch, batch + 0.5 * torch.randn_like(batch))
        optimizer.zero_grad(set_to_none=False)
        model.loss(error, kl, 1.0).backward()
        optimizer.step()

    # PyTorch requires some steps on a side stream before a capture.
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    times = []
    for _ in range(n_epochs):
        start = clock("cuda")
        for rows in torch.randperm(len(x), device="cuda").split(batch_size):
            if len(rows) == batch_size:
                torch.index_select(x, 0, rows, out=batch)
                graph.replay()
        times.append(clock("cuda") - start)
    return min(times)
