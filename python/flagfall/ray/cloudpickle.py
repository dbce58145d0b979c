"""`ray.cloudpickle`: the package of that name, of which Ray has a copy."""

from cloudpickle import (
    CloudPickler as CloudPickler, Pickler as Pickler, dump as dump, dumps as dumps, load as load,
    loads as loads, register_pickle_by_value as register_pickle_by_value,
    unregister_pickle_by_value as unregister_pickle_by_value,
)  # fmt: skip

from flagfall.ray._supported import absent

__all__ = ["CloudPickler", "Pickler", "dump", "dumps", "load", "loads"]
__getattr__ = absent("ray.cloudpickle")
