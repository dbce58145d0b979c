"""`ray.cloudpickle`: the package of that name, of which Ray has a copy."""

from cloudpickle import *  # noqa: F403
from cloudpickle import __all__ as __all__
