"""Selection of the PyTorch device."""


def resolve_device(name):
    """Return the PyTorch device with the given name.

    Parameters
    ----------
    name : str
        Name of a device. "auto" selects CUDA, otherwise Apple's MPS, otherwise the CPU.

    Returns
    -------
    device : torch.device
        Available device.

    Raises
    ------
    ValueError
        If PyTorch does not have such a type of device, or if this machine does not have the device.
    """
    import torch

    counts = {"cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available()), "cpu": 1}
    if name == "auto":
        name = next(kind for kind, n in counts.items() if n)
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(
            f"device={name!r} is not a PyTorch device. Use 'auto', 'cpu', or a device such as 'cuda' or 'cuda:1'."
        ) from error
    n = counts.get(device.type, 1)  # PyTorch itself reports errors of other device types
    if (device.index or 0) >= n:
        raise ValueError(
            f"device={name!r} is not available: PyTorch found {n} {'device' if n == 1 else 'devices'} of type "
            f"{device.type!r} on this machine. Use another device, or 'cpu'."
        )
    return device
