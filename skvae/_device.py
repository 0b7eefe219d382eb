"""Selection of a PyTorch device."""


def resolve_device(device, *, allow_mps=False):
    """Return the name of an available device.

    Parameters
    ----------
    device : str
        PyTorch device, or "auto". "auto" selects CUDA if available, otherwise the CPU.
    allow_mps : bool, default=False
        Whether "auto" may select MPS of Apple computers, which does not support double precision.

    Returns
    -------
    str
        Name of the device.

    Raises
    ------
    ValueError
        If PyTorch does not recognize the device or does not find it.
    """
    import torch

    if device == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if allow_mps and torch.backends.mps.is_available() else "cpu"
    try:
        kind, index = torch.device(device).type, torch.device(device).index or 0
    except RuntimeError as error:
        raise ValueError(f"device={device!r} is not a PyTorch device. Use 'auto', 'cpu' or 'cuda'.") from error
    if kind == "cuda" and index >= torch.cuda.device_count():
        raise ValueError(f"device={device!r} is not available: {_describe_cuda(torch.cuda.device_count())}")
    if kind not in ("cpu", "cuda"):
        try:
            torch.empty(0, device=device)
        except (AssertionError, ImportError, RuntimeError) as error:  # PyTorch has no common error for missing devices
            reason = str(error).partition(".")[0]
            raise ValueError(f"device={device!r} is not available: {reason}. Use 'auto' or 'cpu'.") from error
    return device


def replace_missing_device(device):
    """Return the device of a loaded model, or another available device if it does not exist on this machine."""
    import torch

    if device.startswith("cuda") and (torch.device(device).index or 0) >= torch.cuda.device_count():
        return resolve_device("auto")
    return device


def _describe_cuda(n_devices):
    """Describe the CUDA devices that exist and can be used instead."""
    if n_devices == 0:
        return "PyTorch found no CUDA device. Use 'cpu'."
    if n_devices == 1:
        return "PyTorch found 1 CUDA device. Use 'cuda:0' or 'cpu'."
    names = ", ".join(f"'cuda:{index}'" for index in range(n_devices))
    return f"PyTorch found {n_devices} CUDA devices. Use {names} or 'cpu'."
