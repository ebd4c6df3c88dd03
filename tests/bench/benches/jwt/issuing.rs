use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use jsonwebtoken::{EncodingKey, Header};
use jwt_layer::{Grant, Issuer, SigningKey};

use crate::contender::Laps;
use crate::tokens::{AUDIENCE, Algorithm, ISSUER, Keys, claims};

/// RS256: jsonwebtoken with a key that was read once, an [`Issuer`], and the signature alone,
/// below which nobody gets.
pub(crate) fn race(rounds: usize) -> Vec<Laps> {
    let keys = Keys::generate(Algorithm::RS256);
    let peer_key = EncodingKey::from_rsa_pem(keys.private_pem.as_bytes()).unwrap();
    let header = Header::new(jsonwebtoken::Algorithm::RS256);
    let own_key = SigningKey::from_pem(jwt_layer::Algorithm::RS256, &keys.private_pem).unwrap();
    let issuer = Issuer::builder(ISSUER, own_key).audience(AUDIENCE).build().unwrap();

    let pem = pem::parse(&keys.private_pem).unwrap();
    let pair = RsaKeyPair::from_pkcs8(pem.contents()).unwrap();
    let random = SystemRandom::new();
    let mut signature = vec![0; pair.public_modulus_len()];

    let names = ["jsonwebtoken 11.1 (aws-lc)", "jwt-layer", "the signature alone (aws-lc)"];
    let mut laps: Vec<Laps> = names.map(|name| (name, Vec::new())).into();
    for _ in 0..rounds {
        let times = [
            time(|| jsonwebtoken::encode(&header, &claims(1), &peer_key).unwrap().len()),
            time(|| {
                let grant = Grant::to("user-000001").scope("orders:read orders:write profile");
                issuer.issue(&grant).unwrap().as_str().len()
            }),
            time(|| {
                pair.sign(&RSA_PKCS1_SHA256, &random, &[7; 310], &mut signature).unwrap();
                signature.len()
            }),
        ];
        laps.iter_mut().zip(times).for_each(|((_, laps), time)| laps.push(time));
    }
    laps
}

fn time(issue: impl FnOnce() -> usize) -> Duration {
    let start = Instant::now();
    black_box(issue());
    start.elapsed()
}
