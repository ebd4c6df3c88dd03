//! What is generated: header and payload as lists of members in JSON text, so that there may be
//! duplicates and nonsense, and what happens to them before and after they are signed.

use jwt_layer::Algorithm;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

/// A token to be built. Dates are relative to the moment of the trial.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) algorithm: Algorithm,
    /// Whose key signs.
    pub(crate) signer: Algorithm,
    pub(crate) header: Vec<Member>,
    pub(crate) claims: Vec<Member>,
    pub(crate) payload_change: PayloadChange,
    pub(crate) token_change: TokenChange,
}

/// A member of a JSON object; the name is JSON text without its quotes.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) value: Text,
}

#[derive(Clone, Debug)]
pub(crate) enum Text {
    Json(String),
    /// Seconds from now, with this JSON text of a fraction after it.
    Date(i64, &'static str),
}

/// What happens to the payload before it is signed.
#[derive(Clone, Debug)]
pub(crate) enum PayloadChange {
    None,
    Byte(prop::sample::Index, u8),
    Insert(prop::sample::Index, &'static [u8]),
    Truncate(prop::sample::Index),
    /// The claims as an array, in the order of jsonwebtoken's own struct.
    Array,
}

/// What happens to the token after it was signed.
#[derive(Clone, Debug)]
pub(crate) enum TokenChange {
    None,
    Character(prop::sample::Index, char),
    Remove(prop::sample::Index),
    Insert(prop::sample::Index, &'static str),
    Append(&'static str),
    /// The last character, with another value in the bits that carry nothing.
    StrayBits,
    NoSignature,
}

pub(crate) fn any_case() -> impl Strategy<Value = Case> {
    select(Algorithm::ALL.to_vec()).prop_flat_map(|algorithm| {
        let signer = prop_oneof![
            30 => Just(algorithm),
            1 => select(Algorithm::ALL.to_vec()),
        ];
        let (header, claims) = (header(algorithm), claims());
        (signer, header, claims, payload_change(), token_change()).prop_map(
            move |(signer, header, claims, payload_change, token_change)| Case {
                algorithm,
                signer,
                header,
                claims,
                payload_change,
                token_change,
            },
        )
    })
}

/// A member that is mostly right, sometimes wrong, and sometimes absent.
fn member(
    name: &'static str,
    right: impl Strategy<Value = Text> + 'static,
    wrong: impl Strategy<Value = Text> + 'static,
) -> BoxedStrategy<Option<Member>> {
    let value = prop_oneof![24 => right, 1 => wrong];
    weighted(0.96, value.prop_map(move |value| Member { name, value })).boxed()
}

/// The same for one that need not be there.
fn optional(
    name: &'static str,
    right: impl Strategy<Value = Text> + 'static,
    wrong: impl Strategy<Value = Text> + 'static,
) -> BoxedStrategy<Option<Member>> {
    let value = prop_oneof![12 => right, 1 => wrong];
    weighted(0.4, value.prop_map(move |value| Member { name, value })).boxed()
}

fn json(text: impl Into<String>) -> Text {
    Text::Json(text.into())
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = Text> {
    select(texts).prop_map(json)
}

fn anything() -> BoxedStrategy<Text> {
    prop_oneof![
        one_of(&["null", "true", "0", "-1", "1.5", "\"\"", "\"x\"", "[]", "[null]", "{}"]),
        one_of(&["[\"x\",1]", "{\"a\":{\"a\":1}}", "{\"a\":1,\"a\":2}", "\"\\ud800\"", "1e400"]),
        any::<String>().prop_map(|text| json(serde_json::Value::from(text).to_string())),
        any::<f64>().prop_map(|number| json(serde_json::json!(number).to_string())),
        any::<u64>().prop_map(|number| json(number.to_string())),
        (1_usize..40).prop_map(|depth| json("[".repeat(depth) + &"]".repeat(depth))),
    ]
    .boxed()
}

fn header(algorithm: Algorithm) -> BoxedStrategy<Vec<Member>> {
    let name = format!("\"{}\"", algorithm.name());
    let legacy =
        if algorithm == Algorithm::Ed25519 { "\"EdDSA\"".to_owned() } else { name.clone() };
    let algorithms = prop_oneof![Just(name), Just(legacy)].prop_map(json);
    let other = one_of(&[
        "\"none\"",
        "\"nOnE\"",
        "\"hs256\"",
        "\"HS256\"",
        "\"RS256\"",
        "\"PS256\"",
        "\"ES256\"",
        "\"EdDSA\"",
        "\"ES256K\"",
        "\"\"",
        "\"Ed448\"",
        "\"dir\"",
        "\"\\u0048S256\"",
    ]);
    let fixed = (
        member("alg", algorithms, prop_oneof![other, anything()]),
        optional(
            "typ",
            one_of(&["\"JWT\"", "\"at+jwt\"", "\"application/at+jwt\"", "\"jwt\"", "\"AT+JWT\""]),
            prop_oneof![
                one_of(&["\"logout+jwt\"", "\"JOSE\"", "\"application/JWT/x\"", "\"dpop+jwt\""]),
                anything(),
            ],
        ),
        optional("kid", one_of(&["\"KID\""]), prop_oneof![one_of(&["\"other\""]), anything()]),
    );
    let extra = vec(
        prop_oneof![
            (select(HEADER_NAMES), anything()),
            (
                select(HEADER_NAMES),
                one_of(&["\"https://evil.test\"", "[\"b64\"]", "[\"crit\"]", "\"DEF\""]),
            ),
        ],
        0..3,
    );
    let extra = weighted(0.1, extra).prop_map(Option::unwrap_or_default);
    (fixed, extra).prop_map(|((alg, typ, kid), extra)| members([alg, typ, kid], extra)).boxed()
}

const HEADER_NAMES: &[&str] = &[
    "alg",
    "typ",
    "kid",
    "cty",
    "crit",
    "jku",
    "jwk",
    "x5u",
    "x5c",
    "x5t",
    "x5t#S256",
    "zip",
    "enc",
    "url",
    "nonce",
    "b64",
    "p2c",
    "mine",
    "\\u0061lg",
    "cr\\u0069t",
];

const CLAIM_NAMES: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "client_id",
    "scope",
    "scp",
    "roles",
    "auth_time",
    "acr",
    "amr",
    "mine",
    "\\u0065xp",
    "\\u0069ss",
    "Exp",
    "",
];

fn claims() -> BoxedStrategy<Vec<Member>> {
    let issuer = one_of(&["\"https://issuer.test\"", "\"https:\\/\\/issuer.test\""]);
    let other_issuer = one_of(&[
        "\"https://issuer.test/\"",
        "\"HTTPS://ISSUER.TEST\"",
        "[\"https://issuer.test\"]",
        "[\"evil\",\"https://issuer.test\"]",
        "\"\"",
    ]);
    let audience = one_of(&[
        "\"https://api.test\"",
        "[\"https://api.test\"]",
        "[\"x\",\"https://api.test\"]",
        "[\"https://api.test\",\"https://api.test\"]",
        "\"https://\\u0061pi.test\"",
    ]);
    let other_audience = one_of(&[
        "\"https://api.test/\"",
        "[]",
        "[\"x\"]",
        "[\"https://api.test\",1]",
        "[[\"https://api.test\"]]",
        "{\"https://api.test\":1}",
        "\"x https://api.test\"",
    ]);
    let texts = || one_of(&["\"alice\"", "\"\"", "\"\\u00e9\\n\"", "\"\u{1f600}\""]);
    let lists = || one_of(&["\"a b\"", "[\"a\",\"b\"]", "[]", "\"\""]);
    let fixed = (
        member("iss", issuer, prop_oneof![other_issuer, anything()]),
        member("aud", audience, prop_oneof![other_audience, anything()]),
        member("exp", date(0..4000), prop_oneof![date(-40..-20), absurd_date(), anything()]),
        optional("sub", texts(), anything()),
        optional("nbf", date(-4000..20), prop_oneof![date(20..40), absurd_date(), anything()]),
        optional("iat", date(-4000..20), prop_oneof![date(20..40), absurd_date(), anything()]),
        optional("jti", texts(), anything()),
        optional("scope", lists(), anything()),
        optional("roles", lists(), anything()),
        optional("mine", anything(), anything()),
    );
    let extra = vec((select(CLAIM_NAMES), anything()), 0..3);
    let extra = weighted(0.08, extra).prop_map(Option::unwrap_or_default);
    (fixed, extra)
        .prop_map(|((iss, aud, exp, sub, nbf, iat, jti, scope, roles, mine), extra)| {
            members([iss, aud, exp, sub, nbf, iat, jti, scope, roles, mine], extra)
        })
        .boxed()
}

/// The members that are there, in an order that puts some of the others first.
fn members<const N: usize>(
    fixed: [Option<Member>; N],
    extra: Vec<(&'static str, Text)>,
) -> Vec<Member> {
    let front = extra.len() / 2;
    let mut extra = extra.into_iter().map(|(name, value)| Member { name, value });
    let mut all: Vec<_> = extra.by_ref().take(front).collect();
    all.extend(fixed.into_iter().flatten());
    all.extend(extra);
    all
}

fn date(seconds: std::ops::Range<i64>) -> impl Strategy<Value = Text> {
    let fraction = select(&["", "", "", ".0", ".4", ".5", ".999999", ".0000001", "e0"][..]);
    (seconds, fraction).prop_map(|(seconds, fraction)| Text::Date(seconds, fraction))
}

fn absurd_date() -> impl Strategy<Value = Text> {
    one_of(&[
        "0",
        "-0",
        "-0.0",
        "-1",
        "-0.5",
        "-1e300",
        "1e300",
        "1e18",
        "253402300799",
        "253402300800",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "1e400",
        "\"4102444800\"",
        "4102444800.5",
        "4.1024448e9",
    ])
}

fn payload_change() -> impl Strategy<Value = PayloadChange> {
    let bits: &[&[u8]] =
        &[b" ", b"\n", b"\0", b"\xff", b"\xc0\xaf", b"\xef\xbb\xbf", b"{", b"\"", b"\\u0000"];
    prop_oneof![
        60 => Just(PayloadChange::None),
        1 => (any::<prop::sample::Index>(), any::<u8>())
            .prop_map(|(at, byte)| PayloadChange::Byte(at, byte)),
        1 => (any::<prop::sample::Index>(), select(bits))
            .prop_map(|(at, bytes)| PayloadChange::Insert(at, bytes)),
        1 => any::<prop::sample::Index>().prop_map(PayloadChange::Truncate),
        1 => Just(PayloadChange::Array),
    ]
}

fn token_change() -> impl Strategy<Value = TokenChange> {
    let characters: Vec<char> = "ABaz019-_.=+/ \n\u{e9}".chars().collect();
    let index = any::<prop::sample::Index>;
    prop_oneof![
        40 => Just(TokenChange::None),
        2 => (index(), select(characters)).prop_map(|(at, c)| TokenChange::Character(at, c)),
        1 => index().prop_map(TokenChange::Remove),
        1 => (index(), select(&[".", "=", " ", "\t", "A", "\0"][..]))
            .prop_map(|(at, text)| TokenChange::Insert(at, text)),
        1 => select(&["=", "==", ".", ".AAAA", " ", "\n", "A", "\0", ".A.A"][..])
            .prop_map(TokenChange::Append),
        1 => Just(TokenChange::StrayBits),
        1 => Just(TokenChange::NoSignature),
    ]
}
