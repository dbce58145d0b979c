//! The page's content security policy: nothing but the scripts and styles of this room may
//! run in it, named by their hashes. What comes from a study is none of them, even if
//! escaping ever failed.

use std::io::{self, Write};

/// Writes the policy of a page with those scripts and styles, which stand in it exactly so
/// between their tags.
pub(super) fn write(out: &mut dyn Write, scripts: &[&str], styles: &[&str]) -> io::Result<()> {
    let sources = |texts: &[&str]| {
        let texts = texts.iter().map(|text| format!(" '{}'", source(text)));
        texts.collect::<String>()
    };
    write!(
        out,
        "default-src 'none'; style-src{}; script-src{}; img-src data:; base-uri 'none'; \
         form-action 'none'",
        sources(styles),
        sources(scripts)
    )
}

/// A text as a policy names it.
fn source(text: &str) -> String {
    format!("sha256-{}", base64(&sha256(text.as_bytes())))
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | u32::from(*three.get(at).unwrap_or(&0)));
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) & 63;
            text.push(if digit <= three.len() { DIGITS[value as usize].into() } else { '=' });
        }
    }
    text
}

/// The first 32 bits of the fractional part of a root of a small prime: its integer part
/// falls off. `power` is 2 or 3.
fn root(prime: u32, power: u32) -> u32 {
    // The largest x with x^power <= prime * 2^(32 * power), by halves.
    let most = u128::from(prime) << (32 * power);
    let bit = |x: u128, bit: u32| {
        let tried = x | 1 << bit;
        if tried.pow(power) <= most { tried } else { x }
    };
    (0..36).rev().fold(0, bit) as u32
}

/// The first primes.
fn primes(count: usize) -> Vec<u32> {
    let is_prime = |n: &u32| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0);
    (2..).filter(is_prime).take(count).collect()
}

/// SHA-256 (FIPS 180-4), which policies are written in; no other use is made of it here.
fn sha256(message: &[u8]) -> [u8; 32] {
    let primes = primes(64);
    let constants: Vec<u32> = primes.iter().map(|prime| root(*prime, 3)).collect();
    let mut state: [u32; 8] = std::array::from_fn(|at| root(primes[at], 2));
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(64), 0);
    if padded.len() - message.len() < 9 {
        padded.resize(padded.len() + 64, 0);
    }
    let length = padded.len() - 8;
    padded[length..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        let mut words = [0_u32; 64];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
        }
        for at in 16..64 {
            let (a, b) = (words[at - 15], words[at - 2]);
            let a = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
            let b = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
            words[at] = words[at - 16].wrapping_add(a).wrapping_add(words[at - 7]).wrapping_add(b);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
        for (word, constant) in words.iter().zip(&constants) {
            let sum = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let chosen = (e & f) ^ (!e & g);
            let one = [sum, chosen, *constant, *word].into_iter().fold(h, u32::wrapping_add);
            let sum = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let two = sum.wrapping_add((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e) = (g, f, e, d.wrapping_add(one));
            (d, c, b, a) = (c, b, a, one.wrapping_add(two));
        }
        let after = [a, b, c, d, e, f, g, h];
        state = std::array::from_fn(|at| state[at].wrapping_add(after[at]));
    }
    let mut hash = [0; 32];
    for (bytes, word) in hash.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::{base64, sha256};

    fn hexadecimal(text: &str) -> String {
        sha256(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// FIPS 180-4's examples, and lengths around the end of a block (by `sha256sum`).
    #[test]
    fn sha256_is_the_standards() {
        for (text, wanted) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
            (&"x".repeat(55), "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072"),
            (&"x".repeat(64), "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c"),
            (
                &"x".repeat(1_000),
                "44f8354494a5ba03ba1792a8d3e9c534c47a9181980fde7a3f44b06ef2ae7c7f",
            ),
        ] {
            assert_eq!(hexadecimal(text), wanted, "{} bytes", text.len());
        }
    }

    /// RFC 4648, section 10.
    #[test]
    fn base64_is_the_standards() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let wanted = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        assert_eq!(texts.map(|text| base64(text.as_bytes())), wanted);
    }
}
