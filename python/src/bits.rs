//! A stream as the source of a numpy `BitGenerator`.
//!
//! numpy draws by function pointers in a C struct, and writing them there is `unsafe`: the
//! calls of numpy are as fast as those of its own generators.

use crate::random::{Drawn, read, told};
use flagfall::random::Stream;
use pyo3::ffi;
use pyo3::prelude::*;
use rand::Rng;
use std::cell::UnsafeCell;
use std::ffi::c_void;

/// `bitgen_t` of numpy's `numpy/random/bitgen.h`, the same since numpy 1.17.
#[repr(C)]
struct BitGen {
    state: *mut c_void,
    next_uint64: extern "C" fn(*mut c_void) -> u64,
    next_uint32: extern "C" fn(*mut c_void) -> u32,
    next_double: extern "C" fn(*mut c_void) -> f64,
    next_raw: extern "C" fn(*mut c_void) -> u64,
}

/// The stream that a `BitGenerator` draws from. It lives as long as its generator, and whoever
/// draws or asks for the state holds the generator's lock, as numpy does.
#[pyclass(frozen, module = "flagfall._flagfall")]
pub(crate) struct Bits(UnsafeCell<Stream>);

// SAFETY: the lock of the generator keeps threads apart.
unsafe impl Sync for Bits {}

#[pymethods]
impl Bits {
    /// A source that goes on where the stream is.
    #[new]
    fn new(stream: &Drawn) -> Self {
        Self(UnsafeCell::new(stream.copy()))
    }

    /// Lets numpy draw from here: `capsule` is that of a `BitGenerator` of numpy, which has no
    /// functions yet and keeps this object.
    fn fill(this: &Bound<'_, Self>, capsule: &Bound<'_, PyAny>) -> PyResult<()> {
        let state = this.get().0.get().cast();
        // SAFETY: numpy gives that name to capsules with that struct alone, and another object
        // is an error here.
        let found = unsafe {
            ffi::PyCapsule_GetPointer(capsule.as_ptr(), c"BitGenerator".as_ptr()).cast::<BitGen>()
        };
        if found.is_null() {
            return Err(PyErr::fetch(this.py()));
        }
        let functions = BitGen { state, next_uint64, next_uint32, next_double, next_raw };
        // SAFETY: the struct lies in the generator, which the caller holds.
        unsafe { found.write(functions) };
        Ok(())
    }

    /// The lock of the generator is held.
    fn state(&self) -> String {
        // SAFETY: nobody draws meanwhile, for the lock is held.
        told(unsafe { &*self.0.get() })
    }

    /// The lock of the generator is held.
    fn set_state(&self, py: Python<'_>, state: &str) -> PyResult<()> {
        let stream = read(py, state)?;
        // SAFETY: as above.
        unsafe { *self.0.get() = stream };
        Ok(())
    }
}

/// The stream behind the pointer that numpy gives back.
fn at<'a>(state: *mut c_void) -> &'a mut Stream {
    // SAFETY: it is the one that `fill` wrote, of an object that the generator keeps; numpy
    // holds the generator's lock.
    unsafe { &mut *state.cast::<Stream>() }
}

extern "C" fn next_uint64(state: *mut c_void) -> u64 {
    at(state).next_u64()
}

extern "C" fn next_uint32(state: *mut c_void) -> u32 {
    at(state).next_u32()
}

extern "C" fn next_double(state: *mut c_void) -> f64 {
    at(state).unit()
}

extern "C" fn next_raw(state: *mut c_void) -> u64 {
    at(state).next_u64()
}
