use serde_json::Value;

use crate::parse_unique;

/// The second at which the targets judge tokens.
pub const NOW: u64 = 1_700_000_000;

const LEEWAY: f64 = 30.0;

/// Header and claims of a token, read with a general JSON parser and judged rule by rule.
pub struct Reading {
    pub header: Value,
    pub claims: Value,
}

impl Reading {
    /// None if either is not a JSON object with unique names.
    pub fn of(header: &[u8], payload: &[u8]) -> Option<Self> {
        let (header, claims) = (parse_unique(header)?, parse_unique(payload)?);
        (header.is_object() && claims.is_object()).then_some(Self { header, claims })
    }

    /// Whether a token of the test issuer that says this is good, if its signature is.
    pub fn is_good(&self, key_id: &str, algorithm: &str) -> bool {
        self.has_good_header(key_id, algorithm) && self.has_good_types() && self.is_in_time() && {
            let nests = depth(&self.claims) <= 16 && depth(&self.header) <= 16;
            let issuer = self.claims.get("iss") == Some(&"https://issuer.test".into());
            nests && issuer && self.texts("aud").contains(&"https://api.test")
        }
    }

    fn has_good_header(&self, key_id: &str, algorithm: &str) -> bool {
        let text = |name| self.header.get(name);
        let key_id_fits = text("kid").is_none_or(|id| id == key_id);
        let type_fits = text("typ").is_none_or(|name| name.as_str().is_some_and(is_jwt));
        text("alg") == Some(&algorithm.into()) && key_id_fits && type_fits && text("crit").is_none()
    }

    fn has_good_types(&self) -> bool {
        let text = |name: &&str| self.claims.get(*name).is_none_or(Value::is_string);
        let date = |name: &&str| self.claims.get(*name).is_none_or(is_date);
        let list = |name: &&str| self.claims.get(*name).is_none_or(is_one_or_many);
        ["iss", "sub", "jti", "client_id", "acr"].iter().all(text)
            && ["exp", "nbf", "iat", "auth_time"].iter().all(date)
            && ["aud", "scope", "scp", "roles", "amr"].iter().all(list)
    }

    /// Dates closer than a millisecond to the border are taken either way.
    fn is_in_time(&self) -> bool {
        let date = |name| self.claims.get(name).and_then(Value::as_f64);
        let in_past = |at: f64| at <= now() + LEEWAY;
        date("exp").is_some_and(|exp| now() < exp + LEEWAY)
            && date("nbf").is_none_or(in_past)
            && date("iat").is_none_or(in_past)
    }

    /// Whether a date is so close to the border that rounding may decide.
    pub fn is_close(&self) -> bool {
        let dates = ["exp", "nbf", "iat"].map(|name| self.claims.get(name).and_then(Value::as_f64));
        let borders = [now() + LEEWAY, now() - LEEWAY, 253_402_300_799.0, -253_402_300_799.0];
        let close = |date: f64| borders.iter().any(|border| (date - border).abs() < 0.001);
        dates.into_iter().flatten().any(|date| close(date) && date.fract() != 0.0)
    }

    /// A claim that is one string or many.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        match self.claims.get(name) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// A claim that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }
}

fn now() -> f64 {
    NOW as f64
}

fn is_date(claim: &Value) -> bool {
    claim.as_f64().is_some_and(|date| date.floor().abs() <= 253_402_300_799.0)
}

fn is_one_or_many(claim: &Value) -> bool {
    match claim {
        Value::String(_) => true,
        Value::Array(elements) => elements.iter().all(Value::is_string),
        _ => false,
    }
}

fn is_jwt(token_type: &str) -> bool {
    let lower = token_type.to_ascii_lowercase();
    matches!(lower.strip_prefix("application/").unwrap_or(&lower), "jwt" | "at+jwt")
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}
