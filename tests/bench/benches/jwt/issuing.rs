use std::hint::black_box;
use std::time::{Duration, Instant};

use jsonwebtoken::{EncodingKey, Header};
use jwt_layer::{Grant, Issuer, SigningKey};

use crate::contender::Laps;
use crate::tokens::{AUDIENCE, Algorithm, ISSUER, Keys, claims};

const TOKENS: u32 = 50;

/// RS256: jsonwebtoken with a key that was read once, and an [`Issuer`].
pub(crate) fn race(rounds: usize) -> Vec<Laps> {
    let keys = Keys::generate(Algorithm::RS256);
    let peer_key = EncodingKey::from_rsa_pem(keys.private_pem.as_bytes()).unwrap();
    let header = Header::new(jsonwebtoken::Algorithm::RS256);
    let own_key = SigningKey::from_pem(jwt_layer::Algorithm::RS256, &keys.private_pem).unwrap();
    let issuer = Issuer::builder(ISSUER, own_key).audience(AUDIENCE).build().unwrap();

    let mut laps = vec![("jsonwebtoken 11.1 (aws-lc)", vec![]), ("jwt-layer", vec![])];
    for _ in 0..rounds {
        let times = [
            time(|| jsonwebtoken::encode(&header, &claims(1), &peer_key).unwrap().len()),
            time(|| {
                let grant = Grant::to("user-000001").scope("orders:read orders:write profile");
                issuer.issue(&grant).unwrap().as_str().len()
            }),
        ];
        laps.iter_mut().zip(times).for_each(|((_, laps), time)| laps.push(time));
    }
    laps
}

fn time(mut issue: impl FnMut() -> usize) -> Duration {
    let start = Instant::now();
    (0..TOKENS).for_each(|_| drop(black_box(issue())));
    start.elapsed() / TOKENS
}
