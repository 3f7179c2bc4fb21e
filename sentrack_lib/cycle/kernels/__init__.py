"""What pages run in: kernels that start warm, and what they and their servers see of the machine and its environment."""


def __getattr__(name: str) -> object:
    """The provisioner, where jupyter_client looks for it; the other modules of this room do without that library."""
    if name != "WarmProvisioner":
        raise AttributeError(f"sentrack_lib.cycle.kernels has no {name}.")
    from sentrack_lib.cycle.kernels.warm_starts import WarmProvisioner

    return WarmProvisioner
