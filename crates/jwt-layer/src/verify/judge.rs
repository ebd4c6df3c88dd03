use super::NumericDate;
use super::claims::Claims;
use super::trust::{Audience, Profile, TrustedIssuer};
use crate::JwtErrorKind;

/// What is judged of a token: its claims, their text, and what its header says it is.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) claims: &'a Claims,
    pub(super) text: &'a str,
    pub(super) token_type: Option<&'a str>,
}

/// Whether a token whose signature is good may be used now (RFC 7519 section 4.1, RFC 9068
/// section 4). Nothing here is remembered: it is asked at every use of a token.
pub(super) fn judge(
    facts: Facts<'_>,
    rules: &TrustedIssuer,
    now: NumericDate,
) -> Result<(), JwtErrorKind> {
    if !is_of_type(facts.token_type, &rules.profile) {
        return Err(JwtErrorKind::WrongType);
    }
    if rules.profile == Profile::AccessToken && !is_complete_access_token(facts) {
        return Err(JwtErrorKind::MalformedToken);
    }
    if !is_for_audience(facts, &rules.audience) {
        return Err(JwtErrorKind::WrongAudience);
    }
    judge_time(facts.claims, rules, now)
}

fn judge_time(
    claims: &Claims,
    rules: &TrustedIssuer,
    now: NumericDate,
) -> Result<(), JwtErrorKind> {
    let Some(expires_at) = claims.expires_at else {
        return Err(JwtErrorKind::MalformedToken);
    };
    let in_future = |date: NumericDate| date > now.after(rules.leeway);
    if now >= expires_at.after(rules.leeway) {
        return Err(JwtErrorKind::Expired);
    }
    if claims.not_before.is_some_and(in_future) || claims.issued_at.is_some_and(in_future) {
        return Err(JwtErrorKind::NotYetValid);
    }
    Ok(())
}

fn is_for_audience(facts: Facts<'_>, audience: &Audience) -> bool {
    match audience {
        Audience::Unchecked => true,
        Audience::AnyOf(accepted) => {
            let mut named = facts.claims.audience.iter(facts.text);
            named.any(|name| accepted.iter().any(|own| own == name))
        }
    }
}

fn is_complete_access_token(facts: Facts<'_>) -> bool {
    let claims = facts.claims;
    claims.issuer.is_some()
        && claims.audience.iter(facts.text).next().is_some()
        && claims.subject.is_some()
        && claims.client_id.is_some()
        && claims.issued_at.is_some()
        && claims.id.is_some()
}

fn is_of_type(token_type: Option<&str>, profile: &Profile) -> bool {
    let short = token_type.map(without_application);
    let is = |expected: &str| short.is_some_and(|name| name.eq_ignore_ascii_case(expected));
    match profile {
        Profile::Jwt => short.is_none() || is("JWT") || is("at+jwt"),
        Profile::AccessToken => is("at+jwt"),
        Profile::Typed(expected) => is(without_application(expected)),
    }
}

/// RFC 7515 section 4.1.9: `application/` may be left out of a media type without another slash.
fn without_application(name: &str) -> &str {
    match name.split_at_checked("application/".len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("application/") => rest,
        _ => name,
    }
}
