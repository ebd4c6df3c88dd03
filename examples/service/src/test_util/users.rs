use std::sync::OnceLock;

use argon2::{Argon2, Params, PasswordHasher};

/// Everybody's password.
pub const PASSWORD: &str = "open sesame";

/// A users' file of alice, who may do all, and bob, who may do nothing, with a hash that takes no
/// time.
pub fn users() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| {
        let params = Params::new(8, 1, 1, None).unwrap();
        let argon2 = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        argon2.hash_password_with_salt(PASSWORD.as_bytes(), b"some salt").unwrap().to_string()
    });
    format!("alice {hash} scope=orders:read scope=orders:write role=admin\nbob {hash}\n")
}
