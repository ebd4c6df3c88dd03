use std::fmt;

use example_service::Welcome;

/// Lines for a shell, to paste and see what happens.
pub(crate) struct ToTry<'a>(pub(crate) &'a Welcome<'a>);

impl fmt::Display for ToTry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (url, (name, password)) = (self.0.url(), self.0.login());
        write!(
            f,
            r#"
# log in, and keep the token
token=$(curl -s {url}/login -H 'content-type: application/json' -d '{{"username":"{name}","password":"{password}"}}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')

# who am I?
curl -i {url}/me -H "authorization: Bearer $token"

# order
curl -i {url}/orders -H "authorization: Bearer $token" -H 'content-type: application/json' -d '{{"cart_items":[{{"sku":"tea","quantity":2,"unit_price_cents":450}}],"payment_info":{{"method":"card","card_number":"4111111111111111"}}}}'

"#
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use example_service::Demo;

    fn text(demos: &[Demo]) -> String {
        let address = "127.0.0.1:80".parse().unwrap();
        ToTry(&Welcome { instance: "api-1", address, demos }).to_string()
    }

    #[test]
    fn the_demo_user_logs_in() {
        let demo = Demo { name: "demo", password: "word".to_owned() };
        let text = text(&[demo]);
        assert!(text.contains(r#"{"username":"demo","password":"word"}"#), "{text}");
    }

    #[test]
    fn without_a_demo_user_names_are_left_to_fill_in() {
        let text = text(&[]);
        assert!(!text.contains("demo"), "{text}");
        assert!(text.contains(r#"{"username":"NAME","password":"PASSWORD"}"#), "{text}");
    }
}
