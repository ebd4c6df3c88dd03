use jwt_layer::{Algorithm, JwtErrorKind};
use serde_json::json;

use crate::api::{Api, accepted, refused};

async fn with_header(parameter: &str) -> crate::http_client::Reply {
    let api = Api::new(Algorithm::Ed25519).await;
    let header = format!(r#"{{"alg":"Ed25519"{parameter}}}"#);
    api.me(&api.issuer.sign_raw(header, api.claims_with(""))).await
}

#[tokio::test]
async fn rfc7515_4_an_unknown_parameter_is_ignored() {
    accepted(&with_header(r#","mine":{"a":[1,null]}"#).await);
}

#[tokio::test]
async fn rfc7515_4_1_11_an_extension_that_is_not_understood_is_refused() {
    for crit in [r#","crit":["exp"],"exp":1"#, r#","crit":["b64"],"b64":true"#] {
        refused(&with_header(crit).await, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc7515_4_1_11_an_empty_crit_is_refused() {
    refused(&with_header(r#","crit":[]"#).await, JwtErrorKind::MalformedToken);
}

#[tokio::test]
async fn rfc7515_4_1_11_a_crit_that_names_itself_or_a_registered_name_is_refused() {
    for crit in [r#","crit":["crit"]"#, r#","crit":["alg"]"#, r#","crit":"b64""#, r#","crit":null"#]
    {
        refused(&with_header(crit).await, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc7515_4_a_header_name_that_stands_twice_is_refused() {
    for twice in [
        r#","alg":"none""#,
        r#","\u0061lg":"none""#,
        r#","mine":1,"mine":1"#,
        r#","mine":{"a":1,"a":2}"#,
    ] {
        refused(&with_header(twice).await, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc7515_4_1_1_a_header_without_alg_is_refused() {
    let api = Api::new(Algorithm::Ed25519).await;
    for header in ["{}", r#"{"typ":"JWT"}"#, r#"{"alg":null}"#, r#"{"alg":["Ed25519"]}"#] {
        let reply = api.me(&api.issuer.sign_raw(header, api.claims_with(""))).await;
        refused(&reply, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc7515_5_2_a_header_that_is_no_json_object_is_refused() {
    let api = Api::new(Algorithm::Ed25519).await;
    for header in ["", "[]", "null", r#"{"alg":"Ed25519""#, r#"{"alg":"Ed25519"}x"#, "\u{feff}{}"] {
        let reply = api.me(&api.issuer.sign_raw(header, api.claims_with(""))).await;
        refused(&reply, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc7515_2_a_padded_segment_is_refused_though_it_is_signed_so() {
    let api = Api::new(Algorithm::Ed25519).await;
    let token = api.issuer.token("alice").claim("mine", json!(null));
    for padding in ["=", "=="] {
        let parts: Vec<_> = token.sign().split('.').map(str::to_owned).collect();
        let header = api.issuer.sign_parts(&format!("{}{padding}", parts[0]), &parts[1]);
        let payload = api.issuer.sign_parts(&parts[0], &format!("{}{padding}", parts[1]));
        // A padded part in the middle is no token68; as the whole of a header it reaches us.
        for padded in [header, payload] {
            assert_eq!(api.me(&padded).await.status, 400);
            let kind = api.issuer.verifier().verify(&padded).unwrap_err().kind();
            assert_eq!(kind, JwtErrorKind::MalformedToken);
        }
        refused(&api.me(&format!("{}{padding}", token.sign())).await, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc7515_3_1_only_three_parts_are_a_token() {
    let api = Api::new(Algorithm::Ed25519).await;
    let token = api.issuer.token("alice").sign();
    let (two, one) = (token.rsplit_once('.').unwrap().0, token.split('.').next().unwrap());
    for text in [one, two, &format!("{token}.AAAA"), &format!("{two}."), &format!(".{token}")] {
        refused(&api.me(text).await, JwtErrorKind::MalformedToken);
    }
}

/// RFC 7515 appendix A.5: the unsecured JWS.
#[tokio::test]
async fn rfc7515_a_5_an_unsecured_token_is_refused() {
    let api = Api::new(Algorithm::Ed25519).await;
    refused(&api.me(&api.issuer.token("alice").unsigned()).await, JwtErrorKind::MalformedToken);
    let signed = api.issuer.token("alice").header("alg", "none").sign();
    refused(&api.me(&signed).await, JwtErrorKind::UnknownKey);
}

#[tokio::test]
async fn rfc7515_4_1_4_a_key_id_that_is_no_string_is_refused() {
    for key_id in [r#","kid":1"#, r#","kid":null"#, r#","kid":["a"]"#] {
        refused(&with_header(key_id).await, JwtErrorKind::MalformedToken);
    }
}
