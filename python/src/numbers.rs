//! Anyone's numbers as a slice: arrays where they are, everything else copied.
//!
//! Arrays are read through the buffer protocol, which is in the stable ABI since CPython 3.11
//! and has had the same struct since 3.0. pyo3 has it only for a package that gives up 3.10, so
//! its two functions are declared here. That, and to read memory of Python, is `unsafe`.

use crate::refused;
use pyo3::exceptions::{PyException, PyOverflowError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

/// `Py_buffer` of CPython.
#[repr(C)]
struct View {
    buf: *mut c_void,
    obj: *mut ffi::PyObject,
    len: ffi::Py_ssize_t,
    itemsize: ffi::Py_ssize_t,
    readonly: c_int,
    ndim: c_int,
    format: *mut c_char,
    shape: *mut ffi::Py_ssize_t,
    strides: *mut ffi::Py_ssize_t,
    suboffsets: *mut ffi::Py_ssize_t,
    internal: *mut c_void,
}

unsafe extern "C" {
    fn PyObject_GetBuffer(object: *mut ffi::PyObject, view: *mut View, flags: c_int) -> c_int;
    fn PyBuffer_Release(view: *mut View);
}

/// `PyBUF_RECORDS_RO`: with format, shape and strides; it need not be writable.
const RECORDS: c_int = 0x0010 | 0x0008 | 0x0004;

/// How many items of an iterable are read between two questions whether Ctrl-C was pressed.
const BETWEEN: usize = 1 << 14;

/// The memory of an array, which stays where it is as long as this lives. It is dropped while
/// the interpreter is held, where it was made.
struct Buffer(Box<View>);

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: it was filled, once, and the interpreter is held.
        unsafe { PyBuffer_Release(&raw mut *self.0) };
    }
}

impl Buffer {
    /// The buffer of an object, if it has one.
    fn of(object: &Bound<'_, PyAny>) -> Option<Self> {
        let mut view = Box::new(View {
            buf: ptr::null_mut(),
            obj: ptr::null_mut(),
            len: 0,
            itemsize: 0,
            readonly: 0,
            ndim: 0,
            format: ptr::null_mut(),
            shape: ptr::null_mut(),
            strides: ptr::null_mut(),
            suboffsets: ptr::null_mut(),
            internal: ptr::null_mut(),
        });
        // SAFETY: a view on the heap, which does not move while it is filled.
        let got = unsafe { PyObject_GetBuffer(object.as_ptr(), &raw mut *view, RECORDS) };
        if got != 0 {
            // It has none: that is no error here.
            drop(PyErr::take(object.py()));
            return None;
        }
        let view = Self(view);
        // A datetime64 of numpy says that it has one dimension, and does not say how long it is.
        let is_told = !view.0.shape.is_null() && !view.0.strides.is_null();
        (view.0.ndim == 0 || is_told).then_some(view)
    }

    /// The letter of the type of its items, if they are numbers in the order of this machine.
    fn letter(&self) -> Option<u8> {
        if self.0.format.is_null() {
            return Some(b'B');
        }
        // SAFETY: a text with a zero at its end, as the protocol says.
        let format = unsafe { CStr::from_ptr(self.0.format) }.to_bytes();
        let native: &[u8] = if cfg!(target_endian = "little") { b"@=<" } else { b"@=>!" };
        match format {
            [letter] => Some(*letter),
            [order, letter] if native.contains(order) => Some(*letter),
            _ => None,
        }
    }

    fn count(&self) -> usize {
        // SAFETY: it has one dimension, so there is a length.
        usize::try_from(unsafe { *self.0.shape }).unwrap_or_default()
    }

    fn stride(&self) -> isize {
        // SAFETY: it has one dimension, and strides were asked for.
        unsafe { *self.0.strides }
    }

    /// The numbers where they are, if they are such that can be read there.
    fn slice(&self) -> Option<&[f64]> {
        let start = self.0.buf.cast_const().cast::<f64>();
        let there = self.letter()? == b'd'
            && self.0.itemsize == 8
            && (self.count() < 2 || self.stride() == 8)
            && start.is_aligned();
        match self.count() {
            _ if !there => None,
            0 => Some(&[]),
            // SAFETY: so many floats lie there side by side, and the array keeps them as long
            // as it has a view. Whoever writes into an array while it is read gets numbers that
            // are anyone's guess, as from numpy itself; the documentation says so.
            count => Some(unsafe { std::slice::from_raw_parts(start, count) }),
        }
    }

    /// The numbers, copied; `None` if they are of a kind that only Python reads.
    fn copied(&self) -> Option<Vec<f64>> {
        let letter = self.letter()?;
        Some(match (letter, self.0.itemsize) {
            (b'd', 8) => self.all::<f64>(|value| value),
            (b'f', 4) => self.all::<f32>(f64::from),
            (b'?' | b'B', 1) => self.all::<u8>(f64::from),
            (b'b', 1) => self.all::<i8>(f64::from),
            (b'h', 2) => self.all::<i16>(f64::from),
            (b'H', 2) => self.all::<u16>(f64::from),
            (b'i' | b'l', 4) => self.all::<i32>(f64::from),
            (b'I' | b'L', 4) => self.all::<u32>(f64::from),
            (b'l' | b'q' | b'n', 8) => self.all::<i64>(|value| value as f64),
            (b'L' | b'Q' | b'N', 8) => self.all::<u64>(|value| value as f64),
            _ => return None,
        })
    }

    fn all<T: Copy>(&self, number: impl Fn(T) -> f64) -> Vec<f64> {
        let (start, stride) = (self.0.buf.cast_const().cast::<u8>(), self.stride());
        let at = |place: usize| {
            // SAFETY: the place is below the length of the buffer, and its items have that
            // type, wherever they lie.
            let value =
                unsafe { start.offset(place as isize * stride).cast::<T>().read_unaligned() };
            number(value)
        };
        (0..self.count()).map(at).collect()
    }
}

/// Numbers that can be read without the interpreter.
pub(crate) struct Numbers {
    buffer: Option<Buffer>,
    copied: Vec<f64>,
}

impl Numbers {
    /// The numbers of an array or of an iterable, which the argument `name` is.
    pub(crate) fn of(values: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let refused = |why: &str| Err(refused(values.py(), name, why));
        let kind = values.get_type().name()?.to_string();
        match kind.as_str() {
            "str" | "bytes" | "bytearray" => {
                return refused(&format!("is of type {kind}: give a list or an array of numbers"));
            }
            "set" | "frozenset" | "dict" => {
                return refused(&format!("is of type {kind}, which has no order: give a list"));
            }
            "MaskedArray" => return refused("is a masked array: give values.compressed()"),
            _ => {}
        }
        if let Some(buffer) = Buffer::of(values) {
            return match buffer.0.ndim {
                0 => refused("is a single number: give a list or an array"),
                1 if buffer.0.suboffsets.is_null() => Self::of_buffer(buffer, values, name),
                _ => refused("has several dimensions: give one, such as values.ravel()"),
            };
        }
        // Columns of pandas, polars and pyarrow.
        match values.call_method0("__array__") {
            Ok(array) => {
                if let Some(buffer) = Buffer::of(&array) {
                    if buffer.0.ndim == 1 && buffer.letter().is_some() {
                        return Self::of_buffer(buffer, &array, name);
                    }
                }
            }
            // Ctrl-C, for one.
            Err(error) if !error.is_instance_of::<PyException>(values.py()) => return Err(error),
            Err(_) => {}
        }
        Self::of_items(values, name)
    }

    fn of_buffer(buffer: Buffer, values: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        if buffer.slice().is_some() {
            return Ok(Self { buffer: Some(buffer), copied: Vec::new() });
        }
        match buffer.copied() {
            Some(copied) => Ok(Self { buffer: None, copied }),
            None => Self::of_items(values, name),
        }
    }

    fn of_items(values: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let py = values.py();
        let Ok(items) = values.try_iter() else {
            let kind = values.get_type().name()?;
            let why = format!("is of type {kind}: give a list or an array of numbers");
            return Err(refused(py, name, &why));
        };
        let mut copied = Vec::new();
        for item in items {
            let item = item?;
            copied.push(number(&item, name, copied.len())?);
            if copied.len() % BETWEEN == 0 {
                py.check_signals()?;
            }
        }
        Ok(Self { buffer: None, copied })
    }

    /// The numbers.
    pub(crate) fn slice(&self) -> &[f64] {
        self.buffer.as_ref().and_then(Buffer::slice).unwrap_or(&self.copied)
    }
}

/// The number that an item is.
fn number(item: &Bound<'_, PyAny>, name: &str, place: usize) -> PyResult<f64> {
    let py = item.py();
    let is_plain = item.is_exact_instance_of::<PyFloat>() || item.is_exact_instance_of::<PyInt>();
    // numpy would make a number of a complex one, with a warning.
    let is_complex = !is_plain && item.get_type().name()?.to_string().starts_with("complex");
    let taken = match is_complex {
        true => Err(PyTypeError::new_err("a complex number")),
        false => item.extract::<f64>(),
    };
    let error = match taken {
        Ok(number) => return Ok(number),
        Err(error) => error,
    };
    let told = if error.is_instance_of::<PyTypeError>(py) {
        let kind = item.get_type().name()?.to_string();
        match kind.as_str() {
            "timedelta" | "timedelta64" | "Timedelta" => {
                format!("has a {kind} at place {place}: give numbers of one unit, such as seconds")
            }
            _ => format!("has a {kind} at place {place}: give numbers alone"),
        }
    } else if error.is_instance_of::<PyOverflowError>(py)
        || error.is_instance_of::<PyValueError>(py)
    {
        format!("has a number at place {place} that no float can be: give one up to 1e140")
    } else {
        return Err(error);
    };
    Err(refused(py, name, &told))
}
