"""Where torch computes."""


def find_device(name):
    """Return the torch device of a name.

    Parameters
    ----------
    name : str
        "auto" is CUDA, else Apple's MPS, else the CPU.

    Returns
    -------
    device : torch.device
        One that there is.

    Raises
    ------
    ValueError
        If torch has no such kind of device, or this machine no such device.
    """
    import torch

    found = {"cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available()), "cpu": 1}
    if name == "auto":
        name = next(kind for kind, n in found.items() if n)
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"device={name!r} is none that torch has: pass 'auto', 'cpu', 'cuda', 'cuda:1' ...") from error
    n = found.get(device.type, 1)  # of the rarer kinds torch itself says it
    if (device.index or 0) >= n:
        raise ValueError(f"device={name!r}: torch finds {n} devices of that kind on this machine; pass 'cpu'")
    return device
