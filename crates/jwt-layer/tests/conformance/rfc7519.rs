use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, Grant, Issuer, JwtErrorKind, SigningKey};
use serde_json::{Value, json};

use crate::api::{Api, accepted, refused};

#[tokio::test]
async fn rfc7519_4_1_3_an_audience_is_a_string_or_an_array() {
    let api = Api::new(Algorithm::HS256).await;
    let own = api.issuer.audience().to_owned();
    for audience in [json!(own), json!([own]), json!(["x", own]), json!([own, own])] {
        accepted(&api.me(&api.issuer.token("alice").claim("aud", audience).sign()).await);
    }
}

#[tokio::test]
async fn rfc7519_4_1_3_a_token_for_others_is_refused() {
    let api = Api::new(Algorithm::HS256).await;
    for audience in [json!("x"), json!(["x"]), json!([]), json!(""), json!("https://api.test/")] {
        let token = api.issuer.token("alice").claim("aud", audience).sign();
        refused(&api.me(&token).await, JwtErrorKind::WrongAudience);
    }
    for audience in
        [json!(1), json!({"x": 1}), json!([1]), json!(["https://api.test", 1]), json!([null])]
    {
        let token = api.issuer.token("alice").claim("aud", audience).sign();
        refused(&api.me(&token).await, JwtErrorKind::MalformedToken);
    }
}

#[tokio::test]
async fn rfc7519_4_1_1_the_issuer_is_compared_to_the_letter() {
    let api = Api::new(Algorithm::HS256).await;
    for name in ["https://issuer.test/", "HTTPS://issuer.test", "https://issuer.tes", "", " "] {
        let token = api.issuer.token("alice").claim("iss", name).sign();
        refused(&api.me(&token).await, JwtErrorKind::WrongIssuer);
    }
    let many = api.issuer.token("alice").claim("iss", ["https://issuer.test"]).sign();
    refused(&api.me(&many).await, JwtErrorKind::MalformedToken);
}

#[tokio::test]
async fn rfc7519_4_1_4_now_must_be_before_exp() {
    let api = Api::new(Algorithm::HS256).await;
    let token = api.issuer.token("alice").expires_in(Duration::from_secs(10)).sign();
    api.issuer.clock().advance(Duration::from_millis(9_999));
    accepted(&api.me(&token).await);
    api.issuer.clock().advance(Duration::from_millis(1));
    refused(&api.me(&token).await, JwtErrorKind::Expired);
}

#[tokio::test]
async fn rfc7519_4_1_4_a_leeway_of_two_minutes_at_most_is_granted() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let rules = |leeway| issuer.trusted().leeway(Duration::from_secs(leeway));
    let build =
        |leeway| jwt_layer::Verifier::builder().trust(rules(leeway)).clock(issuer.clock()).build();
    assert!(build(121).is_err());
    let api = Api::with_verifier(issuer.clone(), build(120).unwrap()).await;
    let token = issuer.token("alice").expires_in(Duration::ZERO).sign();
    issuer.clock().advance(Duration::from_millis(119_999));
    accepted(&api.me(&token).await);
    issuer.clock().advance(Duration::from_millis(1));
    refused(&api.me(&token).await, JwtErrorKind::Expired);
}

#[tokio::test]
async fn rfc7519_4_1_4_a_token_without_exp_is_refused() {
    let api = Api::new(Algorithm::HS256).await;
    let token = api.issuer.token("alice").without("exp").sign();
    refused(&api.me(&token).await, JwtErrorKind::MalformedToken);
}

#[tokio::test]
async fn rfc7519_4_1_5_a_token_is_not_good_before_nbf() {
    let api = Api::new(Algorithm::HS256).await;
    let start = api.issuer.token("alice").claim("nbf", seconds(&api.issuer) + 10).sign();
    api.issuer.clock().advance(Duration::from_millis(9_999));
    refused(&api.me(&start).await, JwtErrorKind::NotYetValid);
    api.issuer.clock().advance(Duration::from_millis(1));
    accepted(&api.me(&start).await);
}

#[tokio::test]
async fn rfc7519_4_1_6_a_token_that_is_yet_to_be_issued_is_refused() {
    let api = Api::new(Algorithm::HS256).await;
    let token = api.issuer.token("alice").claim("iat", seconds(&api.issuer) + 10).sign();
    refused(&api.me(&token).await, JwtErrorKind::NotYetValid);
    api.issuer.clock().advance(Duration::from_secs(10));
    accepted(&api.me(&token).await);
}

fn seconds(issuer: &TestIssuer) -> u64 {
    use jwt_layer::test_util::Clock;
    issuer.clock().now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// What becomes of a token whose dates are these JSON texts, one second after 1970 began.
async fn with_dates(dates: &str) -> crate::http_client::Reply {
    let issuer = TestIssuer::new(Algorithm::HS256);
    issuer.clock().set(SystemTime::UNIX_EPOCH + Duration::from_secs(1));
    let api = Api::with_rules(issuer, |trusted| trusted).await;
    let claims = format!(r#"{{"iss":"https://issuer.test","aud":"https://api.test",{dates}}}"#);
    api.me_with_payload(claims).await
}

#[tokio::test]
async fn rfc7519_2_a_numeric_date_may_have_a_fraction() {
    accepted(&with_dates(r#""exp":1.5"#).await);
    accepted(&with_dates(r#""exp":1.5e0,"nbf":0.9999,"iat":1.0"#).await);
    refused(&with_dates(r#""exp":2,"nbf":1.5"#).await, JwtErrorKind::NotYetValid);
    refused(&with_dates(r#""exp":0.999"#).await, JwtErrorKind::Expired);
}

#[tokio::test]
async fn rfc7519_2_a_numeric_date_may_lie_before_1970() {
    accepted(&with_dates(r#""exp":2,"nbf":-1,"iat":-0.5"#).await);
    refused(&with_dates(r#""exp":-1"#).await, JwtErrorKind::Expired);
}

#[tokio::test]
async fn rfc7519_2_a_numeric_date_is_a_number() {
    for date in ["\"9\"", "null", "true", "[9]", "{}", "\"\"", "NaN", "9x", "+9", "09", "9.", ".9"]
    {
        for claim in ["exp", "nbf", "iat"] {
            let others = if claim == "exp" { "" } else { "\"exp\":9," };
            let reply = with_dates(&format!("{others}\"{claim}\":{date}")).await;
            refused(&reply, JwtErrorKind::MalformedToken);
        }
    }
}

#[tokio::test]
async fn rfc7519_2_an_absurd_date_is_no_date() {
    for date in ["1e400", "-1e400", "1e300", "253402300800", "18446744073709551616", "1e18"] {
        let reply = with_dates(&format!("\"exp\":{date}")).await;
        refused(&reply, JwtErrorKind::MalformedToken);
    }
    accepted(&with_dates(r#""exp":253402300799"#).await);
}

#[tokio::test]
async fn rfc7519_4_a_claim_that_stands_twice_is_refused() {
    let api = Api::new(Algorithm::HS256).await;
    for twice in [
        r#""sub":"alice","sub":"admin","#,
        r#""sub":"alice","s\u0075b":"alice","#,
        r#""exp":1,"#,
        r#""mine":1,"mine":1,"#,
        r#""mine":{"a":[{"b":1,"b":1}]},"#,
    ] {
        let reply = api.me_with_payload(api.claims_with(twice)).await;
        refused(&reply, JwtErrorKind::MalformedToken);
    }
    accepted(&api.me_with_payload(api.claims_with(r#""Sub":1,"mine":{"sub":1},"sub":"a","#)).await);
}

#[tokio::test]
async fn rfc7519_7_2_claims_that_are_no_json_object_are_refused() {
    let api = Api::new(Algorithm::HS256).await;
    for payload in ["", "null", "[]", "\"{}\"", "{}", "{} {}", "{\"a\":1,}", "{'a':1}"] {
        let reply = api.me_with_payload(payload).await;
        assert_eq!(reply.status, 401, "{payload}");
    }
}

#[tokio::test]
async fn rfc7519_4_1_2_a_subject_is_a_string() {
    let api = Api::new(Algorithm::HS256).await;
    for subject in [Value::Null, json!(1), json!(["alice"]), json!({})] {
        let token = api.issuer.token("alice").claim("sub", subject).sign();
        refused(&api.me(&token).await, JwtErrorKind::MalformedToken);
    }
}

#[test]
fn rfc7519_4_1_7_no_two_of_100_000_tokens_have_the_same_id() {
    let key = SigningKey::hmac(Algorithm::HS256, [7; 32]).unwrap();
    let issuer = Issuer::builder("https://issuer.test", key).audience("api").build().unwrap();
    let grant = Grant::to("alice");
    let ids: HashSet<String> =
        (0..100_000).map(|_| issuer.issue(&grant).unwrap().id().to_owned()).collect();
    assert_eq!(ids.len(), 100_000);
    // 128 random bits are 22 characters of base64url.
    assert!(ids.iter().all(|id| id.len() == 22));
}
