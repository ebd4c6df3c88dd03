use std::fmt;

use example_service::Welcome;

/// Lines for a shell, to paste and see what happens.
pub(crate) struct ToTry<'a> {
    pub(crate) welcome: &'a Welcome<'a>,
    /// Whether tokens are bound to a cookie.
    pub(crate) bound: bool,
}

impl fmt::Display for ToTry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (url, login) = (self.welcome.url(), self.login());
        let cookie = if self.bound { r#" -H "cookie: $cookie""# } else { "" };
        write!(
            f,
            r#"
{login}

# who am I?
curl -i {url}/me -H "authorization: Bearer $token"{cookie}

# order
curl -i {url}/orders -H "authorization: Bearer $token"{cookie} -H 'content-type: application/json' -d '{{"cart_items":[{{"sku":"tea","quantity":2,"unit_price_cents":450}}],"payment_info":{{"method":"card","card_number":"4111111111111111"}}}}'

"#
        )
    }
}

impl ToTry<'_> {
    /// A jar would not do for the cookie: it sends it over https only.
    fn login(&self) -> String {
        let (url, (name, password)) = (self.welcome.url(), self.welcome.login());
        let body = format!(r#"{{"username":"{name}","password":"{password}"}}"#);
        let login = format!("{url}/login -H 'content-type: application/json' -d '{body}'");
        match self.bound {
            false => format!("# log in, and keep the token\ntoken=$(curl -s {login} | {TOKEN})"),
            true => format!(
                "# log in, and keep the token and the cookie that it is bound to\n\
                 answer=$(curl -si {login})\n\
                 token=$(echo \"$answer\" | {TOKEN})\n\
                 cookie=$(echo \"$answer\" | {COOKIE})"
            ),
        }
    }
}

const TOKEN: &str = r#"sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p'"#;
const COOKIE: &str = r"sed -n 's/^set-cookie: \([^;]*\).*/\1/p'";

#[cfg(test)]
mod tests {
    use super::*;
    use example_service::Demo;

    fn text(demos: &[Demo]) -> String {
        let address = "127.0.0.1:80".parse().unwrap();
        let welcome = Welcome { instance: "api-1", address, demos };
        ToTry { welcome: &welcome, bound: false }.to_string()
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
