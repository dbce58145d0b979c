"""Looks at the Arrow stream of a study on its way to a reader: which buffers flagfall hands over.

The structures are those of https://arrow.apache.org/docs/format/CDataInterface.html and
CStreamInterface.html.
"""

import ctypes


class Array(ctypes.Structure):
    """ArrowArray: what is read of it here is before `children`."""


Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]

NEXT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Array))


class Stream(ctypes.Structure):
    """ArrowArrayStream."""

    _fields_ = [
        ("get_schema", ctypes.c_void_p),
        ("get_next", ctypes.c_void_p),
        ("get_last_error", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    ]


class Spy:
    """A table that writes down the addresses of the buffers that its stream gives away.

    `batches` has a list of columns for each batch; a column is the list of the addresses of its
    buffers: validity, values (of texts: offsets, bytes).
    """

    def __init__(self, table):
        self.table = table
        self.batches = []

    def __arrow_c_stream__(self, requested_schema=None):
        capsule = self.table.__arrow_c_stream__(requested_schema)
        pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
        pointer_of.restype, pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
        stream = Stream.from_address(pointer_of(capsule, b"arrow_array_stream"))
        original = NEXT(stream.get_next)

        def get_next(of, array):
            code = original(of, array)
            given = array.contents
            if code == 0 and given.release:
                columns = [given.children[at].contents for at in range(given.n_children)]
                self.batches.append(
                    [[one.buffers[at] for at in range(one.n_buffers)] for one in columns]
                )
            return code

        # Kept, because the stream calls it later.
        self._get_next = NEXT(get_next)
        stream.get_next = ctypes.cast(self._get_next, ctypes.c_void_p).value
        return capsule
